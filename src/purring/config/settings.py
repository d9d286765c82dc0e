# SPDX-License-Identifier: AGPL-3.0-or-later
"""Django's settings. What a person may set is in `environment.py`; everything here is the product's own choice."""

from __future__ import annotations

import secrets
from importlib.resources import files
from urllib.parse import urlsplit

from purring.config import environment

_BASE_URL = environment.setting("PURRING_BASE_URL")
_HTTPS = _BASE_URL.startswith("https://")

DEBUG = False
SECRET_KEY = environment.secret_key() or secrets.token_urlsafe(64)  # no folder yet: pure commands need no key
DATA_FOLDER = environment.data_folder()
BASE_URL = _BASE_URL.rstrip("/")
LINK_DAYS = environment.link_days()
SMTP_URL = environment.setting("PURRING_SMTP_URL")
MAIL_SERVICE = environment.setting("PURRING_MAIL_SERVICE")
DRAFT_URL = environment.setting("PURRING_DRAFT_URL")
DRAFT_MODEL = environment.setting("PURRING_DRAFT_MODEL")
DRAFT_KEY = environment.setting("PURRING_DRAFT_KEY")
MAIL_FROM = environment.setting("PURRING_MAIL_FROM")
TRUSTED_PROXIES = tuple(p.strip() for p in environment.setting("PURRING_TRUSTED_PROXIES").split(",") if p.strip())
ALLOWED_HOSTS = [urlsplit(_BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if _HTTPS else []

DATABASES = {"default": environment.database()}
VAULT_KEYS = environment.vault_keys()
ON_POSTGRESQL = DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"

INSTALLED_APPS = [
    "purring.facts.journal",
    "purring.facts.organizations",
    "purring.facts.wordings",
    "purring.facts.sending",
    "purring.facts.customers",
    "purring.facts.beginning",
    "purring.facts.codes",
    "purring.facts.invoices",
    "purring.facts.payments",
    "purring.facts.messages",
    "purring.facts.agreements",
    "purring.facts.disputes",
    "purring.facts.charges",
    "purring.facts.checkout",
    "purring.facts.offers",
    "purring.facts.refunds",
    "purring.facts.access",
    "purring.facts.answers",
    "purring.followup",
    "purring.followup.lists",
    "purring.followup.export",
    "purring.insight.search",
    "purring.doors.desk",
    "purring.doors.portal",
    "purring.doors.mailbox",
    "purring.doors.demopay",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
if ON_POSTGRESQL:
    INSTALLED_APPS.append("procrastinate.contrib.django")  # its migrations are for PostgreSQL only

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "purring.doors.desk.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "purring.config.urls"
WSGI_APPLICATION = "purring.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "purring.doors.desk.context.desk",
            ],
        },
    }
]

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "purring.doors.desk.accounts.Adapter"
ACCOUNT_FORMS = {"signup": "purring.doors.desk.accounts.SignUpForm"}
MFA_ADAPTER = "purring.doors.desk.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # without a mail server an address stays unverified; its owner needs the factor no less
)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS  # 127.0.0.1
LOGIN_REDIRECT_URL = "desk:today"
LOGIN_URL = "account_login"

# Account mails leave like everything else; without a mail server they appear in the terminal.
EMAIL_BACKEND = "purring.doors.desk.accounts.AccountMail"
DEMO_MAILBOX = ""  # the folder of the demo's mail sink; set by `purring demo` alone
DEFAULT_FROM_EMAIL = MAIL_FROM or "purring@localhost"

LANGUAGE_CODE = "en"
LANGUAGES = [  # of the desk; customers are written to in theirs, see purring.language
    ("en", "English"),
    ("af", "Afrikaans"),
    ("es", "español"),
    ("fr", "français"),
    ("nb", "norsk bokmål"),
]
LOCALE_PATHS = [str(files("purring").joinpath("locale"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_SSL_REDIRECT = False
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000


PROCRASTINATE_ON_APP_READY = "purring.config.engine.register"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"purring": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}

# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of pages without a cookie: a hidden signed token says that we made this form, for whom and when.

Another site cannot make one, so that no visitor is led to send what they never saw. The token carries a key of its own:
the same form sent twice has the same key, and whoever takes it in makes one effect of both. Not here: remembering keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing

from purring.core.errors import Refused

GOOD_FOR = timedelta(hours=24)


def token(purpose: str, values: Sequence[str], now: datetime) -> str:
    """A new form's token, for this purpose and these values only."""
    made = [int(now.timestamp()), secrets.token_urlsafe(16), *values]
    return _signer(purpose).sign_object(made, compress=False)


def read(purpose: str, text: str, values: Sequence[str], now: datetime) -> str:
    """The key of a form. Refuses (`bad_form`) one that was not made here for these values, or longer than a day ago."""
    try:
        made, key, *bound = _signer(purpose).unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Refused("bad_form", "this page was not complete; send it once more") from error
    if bound != list(values) or not timedelta(0) <= now - datetime.fromtimestamp(made, now.tzinfo) <= GOOD_FOR:
        raise Refused("bad_form", "this page is too old; send it once more")
    return str(key)


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"purring.form.{purpose}")

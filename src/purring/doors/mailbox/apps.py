# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "purring.doors.mailbox"
    label = "mailbox"

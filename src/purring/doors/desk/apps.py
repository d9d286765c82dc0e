# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "purring.doors.desk"
    label = "desk"

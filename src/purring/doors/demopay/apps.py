# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DemoPayConfig(AppConfig):
    name = "purring.doors.demopay"
    label = "demopay"

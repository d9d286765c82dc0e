# SPDX-License-Identifier: AGPL-3.0-or-later
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0005_autopay"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="wordings",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]

# SPDX-License-Identifier: AGPL-3.0-or-later
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0006_todays_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="preset",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
    ]

# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0006_wordings"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="approver",
            field=models.CharField(db_default="collector", default="collector", max_length=12),
        ),
        migrations.AddField(
            model_name="organization",
            name="approves_above",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="organization",
            name="approves_firm",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="organization",
            name="closed_days",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="organization",
            name="most_a_day",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="paused_note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]

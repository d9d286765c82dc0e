# SPDX-License-Identifier: AGPL-3.0-or-later
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("correspondence", "0002_headers"),
        ("customers", "0003_detail_proposals"),
        ("organizations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="again_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="again_told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="key",
            field=models.CharField(blank=True, db_default="", max_length=32),
        ),
        migrations.AddField(
            model_name="conversation",
            name="number",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="conversation",
            name="outcome",
            field=models.CharField(
                choices=[("reached", "Reached"), ("left_message", "Left Message"), ("no_answer", "No Answer")],
                db_default="reached",
                default="reached",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="person",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("again_on__isnull", False), ("again_told_at", None)),
                fields=["organization", "again_on"],
                name="conversation_call_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("organization", "key"),
                name="conversation_key_once",
            ),
        ),
    ]

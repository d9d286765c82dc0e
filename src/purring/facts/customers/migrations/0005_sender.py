# SPDX-License-Identifier: AGPL-3.0-or-later
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_remarks"),
        ("sending", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="sender",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="sending.identity"
            ),
        ),
    ]

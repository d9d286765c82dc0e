# SPDX-License-Identifier: AGPL-3.0-or-later
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_detail_proposals"),
        ("invoices", "0004_statements_kept"),
        ("organizations", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="attachment",
            name="attachment_of_invoice_or_account",
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("as_of", None), ("customer", None), ("invoice__isnull", False)),
                    models.Q(("customer__isnull", False), ("invoice", None)),
                    _connector="OR",
                ),
                name="attachment_of_invoice_or_customer",
            ),
        ),
    ]

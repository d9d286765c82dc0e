# SPDX-License-Identifier: AGPL-3.0-or-later
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of open invoices by day and by number, however many are settled; and all of them by amount."""

    dependencies = [("invoices", "0005_customer_documents")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("settled_on", None)), fields=["organization", "due", "id"], name="invoice_open_due"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("settled_on", None)),
                fields=["organization", "number", "id"],
                name="invoice_open_number",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["organization", "amount", "id"], name="invoice_amount"),
        ),
    ]

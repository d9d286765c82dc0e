# SPDX-License-Identifier: AGPL-3.0-or-later
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("correspondence", "0003_calls"),
        ("customers", "0004_remarks"),
        ("followup", "0007_schedule_preset"),
        ("invoices", "0005_customer_documents"),
        ("organizations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32)),
                ("address", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("begun_with", models.TextField(blank=True)),
                ("invoices", models.JSONField(default=list)),
                ("documents", models.JSONField(default=list)),
                ("saved_at", models.DateTimeField()),
                ("standing", models.CharField(blank=True, max_length=64)),
                ("read_up_to", models.BigIntegerField(default=0)),
                ("came_back", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="note",
            name="note_wanted_once",
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), models.Q(("kind", "personal"), _negated=True)),
                fields=("customer", "kind"),
                name="note_wanted_once",
            ),
        ),
        migrations.AddField(
            model_name="ownmessage",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ownmessage",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="own_messages", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="ownmessage",
            name="note",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="own_message", to="followup.note"
            ),
        ),
        migrations.AddField(
            model_name="ownmessage",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="ownmessage",
            name="reply_to",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="correspondence.message"
            ),
        ),
        migrations.AddIndex(
            model_name="ownmessage",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["organization", "customer", "id"],
                name="own_message_of_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownmessage",
            constraint=models.UniqueConstraint(fields=("organization", "key"), name="own_message_key_once"),
        ),
    ]

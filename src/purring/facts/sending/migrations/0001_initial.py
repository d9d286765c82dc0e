# SPDX-License-Identifier: AGPL-3.0-or-later

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organizations", "0007_sending_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("kinds", models.JSONField(default=list)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "email"), name="alert_recipient_once")],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("reply_to", models.EmailField(blank=True, max_length=254)),
                ("signature", models.CharField(blank=True, max_length=200)),
                ("is_usual", models.BooleanField(default=False)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to="organizations.legalentity",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed_at", None)), fields=["organization"], name="identity_signing"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("entity", None), ("is_usual", True), ("removed_at", None)),
                        fields=("organization",),
                        name="identity_one_usual",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("entity__isnull", False), ("is_usual", True), ("removed_at", None)),
                        fields=("entity",),
                        name="identity_one_usual_of_entity",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("address", models.EmailField(max_length=254)),
                ("host", models.CharField(blank=True, max_length=253)),
                ("port", models.PositiveIntegerField(default=0)),
                ("tls", models.CharField(blank=True, max_length=8)),
                ("username", models.CharField(blank=True, max_length=254)),
                ("sealed", models.TextField()),
                ("token", models.CharField(max_length=43, unique=True)),
                ("changed_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("tried", models.CharField(blank=True, max_length=20)),
                ("tried_detail", models.CharField(blank=True, max_length=300)),
                ("tested_at", models.DateTimeField(null=True)),
                ("tested_to", models.EmailField(blank=True, max_length=254)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("trouble_since", models.DateTimeField(null=True)),
                ("trouble_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="mail_account_once")],
            },
        ),
    ]

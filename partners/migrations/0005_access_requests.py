"""Requests for access: anybody may ask, staff alone may read, the worker writes the letters."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from partners.tenancy import Protect

# What may be asked; everything else is the platform's to fill in.
_ASKED = "company, practice, contact, email, scopes, purpose, address"


class Migration(migrations.Migration):
    """The serving role adds requests and cannot read one."""

    dependencies = [
        ("partners", "0004_profile"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("company", models.CharField(max_length=200)),
                (
                    "practice",
                    models.CharField(help_text="As the company names it.", max_length=200),
                ),
                ("contact", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("Prospects", "Prospects"),
                                ("Providers", "Providers"),
                                ("Scheduling", "Scheduling"),
                                ("ProductPro.Products", "ProductPro.Products"),
                                ("KB", "KB"),
                                ("Tickets", "Tickets"),
                                ("Patients", "Patients"),
                                ("Encounters", "Encounters"),
                                ("Claims", "Claims"),
                                ("Payments", "Payments"),
                                ("Documents", "Documents"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                ("purpose", models.TextField(max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Unconfirmed"),
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("denied", "Denied"),
                        ],
                        db_default="unconfirmed",
                        max_length=12,
                    ),
                ),
                (
                    "address",
                    models.GenericIPAddressField(help_text="Where it was sent from.", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, db_default="", max_length=150)),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        db_default="",
                        help_text="Told to whoever asked.",
                        max_length=2000,
                    ),
                ),
                ("link_digest", models.CharField(blank=True, db_default="", max_length=64)),
                ("link_expires_at", models.DateTimeField(null=True)),
                (
                    "letter_due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), null=True
                    ),
                ),
                ("revealed_at", models.DateTimeField(null=True)),
                (
                    "api_key",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_request",
                        to="partners.apikey",
                    ),
                ),
            ],
            options={
                "verbose_name": "API access request",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["status", "id"], name="accessrequest_by_status"),
                    models.Index(
                        condition=models.Q(("letter_due_at__isnull", False)),
                        fields=["letter_due_at"],
                        name="accessrequest_letter_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                [
                                    "Prospects",
                                    "Providers",
                                    "Scheduling",
                                    "ProductPro.Products",
                                    "KB",
                                    "Tickets",
                                    "Patients",
                                    "Encounters",
                                    "Claims",
                                    "Payments",
                                    "Documents",
                                ],
                            ),
                            ("scopes__len__gt", 0),
                        ),
                        name="accessrequest_scopes_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["unconfirmed", "pending", "approved", "denied"])
                        ),
                        name="accessrequest_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("api_key__isnull", False), ("status", "approved")),
                            models.Q(
                                models.Q(("status", "approved"), _negated=True), ("api_key", None)
                            ),
                            _connector="OR",
                        ),
                        name="accessrequest_key_when_approved",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("link_digest", ""), _negated=True),
                        fields=("link_digest",),
                        name="accessrequest_link_unique",
                    ),
                ],
            },
        ),
        Protect(
            "partners_accessrequest",
            web=f"INSERT ({_ASKED})",
            worker="SELECT, UPDATE (link_digest, link_expires_at, letter_due_at)",
        ),
    ]

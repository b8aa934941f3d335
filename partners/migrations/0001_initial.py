"""Practices, partners, keys, stored answers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import partners.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("company_name", models.CharField(blank=True, max_length=200)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=50)),
                ("website", models.URLField(blank=True)),
                (
                    "alert_email",
                    models.EmailField(
                        blank=True, help_text="Where we tell of trouble.", max_length=254
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Off: all its keys are refused from the next call on.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="partner_name_unique",
                        violation_error_message="There is a partner of this name already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ppass",
                    models.CharField(
                        help_text="Its name in the API's paths.",
                        max_length=40,
                        validators=[partners.models.validate_ppass],
                        verbose_name="PPass",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "time_zone",
                    models.CharField(
                        default="America/New_York",
                        max_length=64,
                        validators=[partners.models.validate_time_zone],
                    ),
                ),
                (
                    "is_sandbox",
                    models.BooleanField(
                        default=False,
                        help_text="Holds made-up people only; its keys begin with emr_test_.",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Off: every key of the practice is refused from the next call on.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["ppass"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("ppass"),
                        name="practice_ppass_unique",
                        violation_error_message="There is a practice with this PPass already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ppass__regex", "^[A-Za-z][A-Za-z0-9_-]{1,39}$")),
                        name="practice_ppass_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="What the key is for.", max_length=100)),
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
                        default=list,
                        size=None,
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "allowed_networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=50, validators=[partners.models.validate_network]
                        ),
                        blank=True,
                        default=list,
                        help_text="CIDR ranges, separated by commas; empty: from anywhere.",
                        size=None,
                    ),
                ),
                (
                    "rate_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Calls a minute; empty: the platform's default.",
                        null=True,
                    ),
                ),
                ("lookup_id", models.CharField(editable=False, max_length=8, unique=True)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("pepper", models.CharField(editable=False, max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "replaced_by",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="partners.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="partners.partner",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="partners.practice",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=255)),
                (
                    "fingerprint",
                    models.CharField(help_text="SHA-256 of method, path and body.", max_length=64),
                ),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.apikey",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.practice",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
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
                    )
                ),
                name="apikey_scopes_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate_limit", None), ("rate_limit__gt", 0), _connector="OR"),
                name="apikey_rate_limit_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedanswer",
            constraint=models.UniqueConstraint(
                models.F("api_key"), models.F("idempotency_key"), name="storedanswer_unique"
            ),
        ),
    ]

"""Providers."""

import django.db.models.deletion
from django.db import migrations, models

from partners.tenancy import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0002_tenancy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("title", models.CharField(blank=True, max_length=50)),
                ("specialty", models.CharField(blank=True, max_length=100)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.practice",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "id"), name="provider_in_practice")
                ],
            },
        ),
        Protect("scheduling_provider", web="SELECT", worker="SELECT", tenant="practice_id"),
    ]

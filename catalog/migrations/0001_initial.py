"""Products, their history by triggers, and who may write whose."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    """Triggers of whole statements, so that a price list keeps its history by one INSERT."""

    initial = True

    dependencies = [
        ("partners", "0002_tenancy"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="ProductEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("vendor_code", models.CharField(db_collation="C", max_length=50)),
                ("product_code", models.CharField(db_collation="C", max_length=100)),
                ("name", models.CharField(max_length=250)),
                ("description", models.TextField(blank=True, max_length=10000)),
                ("category", models.CharField(blank=True, max_length=100)),
                ("upc", models.CharField(blank=True, max_length=50, verbose_name="UPC")),
                ("unit", models.CharField(blank=True, max_length=50)),
                (
                    "cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "retail_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Off: no longer sold.", verbose_name="active"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "change of a product",
                "verbose_name_plural": "changes of products",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VendorGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "vendor_code",
                    models.CharField(
                        db_collation="C",
                        help_text="A partner with any of these may write only the products of these vendors.",
                        max_length=50,
                    ),
                ),
            ],
            options={
                "ordering": ["partner_id", "vendor_code"],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("vendor_code", models.CharField(db_collation="C", max_length=50)),
                ("product_code", models.CharField(db_collation="C", max_length=100)),
                ("name", models.CharField(max_length=250)),
                ("description", models.TextField(blank=True, max_length=10000)),
                ("category", models.CharField(blank=True, max_length=100)),
                ("upc", models.CharField(blank=True, max_length=50, verbose_name="UPC")),
                ("unit", models.CharField(blank=True, max_length=50)),
                (
                    "cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "retail_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Off: no longer sold.", verbose_name="active"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "name",
                            "product_code",
                            "description",
                            arg_joiner=" || E'\\n' || ",
                            template='lower(normalize((%(expressions)s) COLLATE "default", NFKC))',
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "ordering": ["vendor_code", "product_code"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_text"], name="product_search", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("vendor_code", "product_code"), include=("id",), name="product_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("vendor_code", ""), _negated=True),
                            models.Q(("product_code", ""), _negated=True),
                        ),
                        name="product_has_codes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="product_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cost", None), ("cost__gte", 0), _connector="OR"),
                            models.Q(
                                ("retail_price", None), ("retail_price__gte", 0), _connector="OR"
                            ),
                        ),
                        name="product_prices_not_negative",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO catalog_productevent (pgh_obj_id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, pgh_created_at, pgh_label, pgh_context, pgh_context_id) SELECT id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, now(), 'insert', nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid FROM (SELECT id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at FROM new_rows) AS changed; RETURN NULL;",
                    hash="28e5513dade99488b595832f06c656b176d79907",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_cce0e",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO catalog_productevent (pgh_obj_id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, pgh_created_at, pgh_label, pgh_context, pgh_context_id) SELECT id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, now(), 'delete', nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid FROM (SELECT id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at FROM old_rows) AS changed; RETURN NULL;",
                    hash="f2ef6b2b35cc5041d7074c987d163cee259c5b87",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_f2617",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO catalog_productevent (pgh_obj_id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, pgh_created_at, pgh_label, pgh_context, pgh_context_id) SELECT id, id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at, now(), 'update', nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid FROM (SELECT id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at FROM new_rows EXCEPT SELECT id, vendor_code, product_code, name, description, category, upc, unit, cost, retail_price, is_active, updated_at FROM old_rows) AS changed; RETURN NULL;",
                    hash="024c0a0a47b07025eb2d566233b494964aed55e1",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_f7e83",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="productevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="catalog.product",
            ),
        ),
        migrations.AddField(
            model_name="vendorgrant",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="vendor_grants",
                to="partners.partner",
            ),
        ),
        migrations.AddIndex(
            model_name="productevent",
            index=models.Index(fields=["pgh_obj", "pgh_id"], name="productevent_of"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="940e6199f2f19bd732620c5d3f2e10c3a68c0d21",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_582f1",
                    table="catalog_productevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorgrant",
            constraint=models.UniqueConstraint(
                fields=("partner", "vendor_code"),
                name="vendorgrant_unique",
                violation_error_message="The partner may write this vendor's products already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("vendor_code", ""), _negated=True), name="vendorgrant_names"
            ),
        ),
    ]

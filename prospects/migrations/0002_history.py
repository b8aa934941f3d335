"""History: a row for every change of a person, a tag, or who has which, written by triggers."""

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import prospects.validators


class Migration(migrations.Migration):
    """Tables that only grow, and the triggers that fill and guard them."""

    dependencies = [("prospects", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PersonTagEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="prospects.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="prospects.persontag",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.practice",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="prospects.tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a person's tags",
                "verbose_name_plural": "changes of people's tags",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TagEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=50)),
                (
                    "color",
                    models.CharField(
                        default="#808080",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-f]{6}\\Z", "Must be a colour such as #1e90ff."
                            )
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="prospects.tag",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.practice",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a tag",
                "verbose_name_plural": "changes of tags",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PersonEvent",
            fields=[
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("first_name", models.CharField(blank=True, max_length=100)),
                ("middle_initial", models.CharField(blank=True, max_length=20)),
                ("last_name", models.CharField(blank=True, max_length=100)),
                (
                    "full_name",
                    models.CharField(
                        blank=True, help_text="Composed if left empty.", max_length=250
                    ),
                ),
                ("nickname", models.CharField(blank=True, max_length=100)),
                (
                    "gender",
                    models.CharField(
                        blank=True,
                        choices=[("m", "Male"), ("f", "Female"), ("o", "Other"), ("u", "Unknown")],
                        max_length=1,
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True)),
                (
                    "life_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("Infant", "Infant"),
                            ("Toddler", "Toddler"),
                            ("Child", "Child"),
                            ("Adolescent", "Adolescent"),
                            ("EarlyAdult", "Early Adult"),
                            ("Adult", "Adult"),
                            ("AllAdults", "All Adults"),
                            ("Senior", "Senior"),
                        ],
                        max_length=20,
                    ),
                ),
                ("pronouns", models.CharField(blank=True, max_length=50)),
                ("sexual_identity", models.CharField(blank=True, max_length=50)),
                ("primary_language", models.CharField(blank=True, max_length=50)),
                (
                    "type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("Patient", "Patient"),
                            ("Child", "Child"),
                            ("Cash", "Cash"),
                            ("Insurance", "Insurance"),
                            ("Guarantor", "Guarantor"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, max_length=50, validators=[prospects.validators.phone]
                    ),
                ),
                (
                    "cell_phone",
                    models.CharField(
                        blank=True, max_length=50, validators=[prospects.validators.phone]
                    ),
                ),
                (
                    "sms_phone",
                    models.CharField(
                        blank=True,
                        max_length=50,
                        validators=[prospects.validators.phone],
                        verbose_name="SMS phone",
                    ),
                ),
                (
                    "email",
                    models.CharField(
                        blank=True,
                        max_length=254,
                        validators=[prospects.validators.email],
                        verbose_name="e-mail",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=250)),
                ("unit", models.CharField(blank=True, max_length=50)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(blank=True, max_length=100)),
                (
                    "postal_code",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[prospects.validators.postal_code],
                        verbose_name="ZIP",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=100)),
                ("is_prospect", models.BooleanField(default=True, verbose_name="prospect")),
                ("shipping_name", models.CharField(blank=True, max_length=250)),
                ("shipping_address", models.CharField(blank=True, max_length=250)),
                ("shipping_unit", models.CharField(blank=True, max_length=50)),
                ("shipping_city", models.CharField(blank=True, max_length=100)),
                ("shipping_state", models.CharField(blank=True, max_length=100)),
                (
                    "shipping_postal_code",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[prospects.validators.postal_code],
                        verbose_name="shipping ZIP",
                    ),
                ),
                ("shipping_country", models.CharField(blank=True, max_length=100)),
                (
                    "picture",
                    models.FileField(blank=True, editable=False, max_length=200, upload_to=""),
                ),
                ("notes", models.TextField(blank=True, max_length=10000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="prospects.person",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.practice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a person",
                "verbose_name_plural": "changes of people",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="personevent_of")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="personevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c4a0d0fd5be8475f97ec6e6795be2ea28d2661cb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_81554",
                    table="prospects_personevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_tagevent" ("color", "created_at", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "updated_at") VALUES (NEW."color", NEW."created_at", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."practice_id", NEW."updated_at"); RETURN NULL;',
                    hash="1a5c34f8703cd051caa8e2c96d97bfe4b113e39f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_96aa1",
                    table="prospects_tag",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tag",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "prospects_tagevent" ("color", "created_at", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "updated_at") VALUES (NEW."color", NEW."created_at", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."practice_id", NEW."updated_at"); RETURN NULL;',
                    hash="21292c674b63d293366bb9656c72b984f64fcdf0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_46130",
                    table="prospects_tag",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tag",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_tagevent" ("color", "created_at", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "updated_at") VALUES (OLD."color", OLD."created_at", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."practice_id", OLD."updated_at"); RETURN NULL;',
                    hash="17710cafdbd57f0f4b5a1fdea8e60cbab9107757",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_15c49",
                    table="prospects_tag",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="persontagevent",
            index=models.Index(fields=["practice", "person", "pgh_id"], name="persontagevent_of"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persontagevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="47fcc0faffdd496266d83caffe0c2affb5583a46",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_cec37",
                    table="prospects_persontagevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persontag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_persontagevent" ("id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "tag_id") VALUES (NEW."id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."practice_id", NEW."tag_id"); RETURN NULL;',
                    hash="b073160115470da3d78966d9f509d86c2636dfc4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f8b85",
                    table="prospects_persontag",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="persontag",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_persontagevent" ("id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "tag_id") VALUES (OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."practice_id", OLD."tag_id"); RETURN NULL;',
                    hash="f2ab008d980d70c6814e2514d63c7b4b489ec9e7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_14cad",
                    table="prospects_persontag",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_personevent" ("address", "birth_date", "cell_phone", "city", "country", "created_at", "email", "first_name", "full_name", "gender", "id", "is_prospect", "last_name", "life_stage", "middle_initial", "nickname", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "picture", "postal_code", "practice_id", "primary_language", "pronouns", "provider_id", "sexual_identity", "shipping_address", "shipping_city", "shipping_country", "shipping_name", "shipping_postal_code", "shipping_state", "shipping_unit", "sms_phone", "state", "type", "unit", "updated_at") VALUES (NEW."address", NEW."birth_date", NEW."cell_phone", NEW."city", NEW."country", NEW."created_at", NEW."email", NEW."first_name", NEW."full_name", NEW."gender", NEW."id", NEW."is_prospect", NEW."last_name", NEW."life_stage", NEW."middle_initial", NEW."nickname", NEW."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."picture", NEW."postal_code", NEW."practice_id", NEW."primary_language", NEW."pronouns", NEW."provider_id", NEW."sexual_identity", NEW."shipping_address", NEW."shipping_city", NEW."shipping_country", NEW."shipping_name", NEW."shipping_postal_code", NEW."shipping_state", NEW."shipping_unit", NEW."sms_phone", NEW."state", NEW."type", NEW."unit", NEW."updated_at"); RETURN NULL;',
                    hash="9472dfa9f54006d8f625aa8bfb0422dbce457f9d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_10ab5",
                    table="prospects_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."cell_phone" IS DISTINCT FROM (NEW."cell_phone") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_prospect" IS DISTINCT FROM (NEW."is_prospect") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."life_stage" IS DISTINCT FROM (NEW."life_stage") OR OLD."middle_initial" IS DISTINCT FROM (NEW."middle_initial") OR OLD."nickname" IS DISTINCT FROM (NEW."nickname") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."picture" IS DISTINCT FROM (NEW."picture") OR OLD."postal_code" IS DISTINCT FROM (NEW."postal_code") OR OLD."practice_id" IS DISTINCT FROM (NEW."practice_id") OR OLD."primary_language" IS DISTINCT FROM (NEW."primary_language") OR OLD."pronouns" IS DISTINCT FROM (NEW."pronouns") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."sexual_identity" IS DISTINCT FROM (NEW."sexual_identity") OR OLD."shipping_address" IS DISTINCT FROM (NEW."shipping_address") OR OLD."shipping_city" IS DISTINCT FROM (NEW."shipping_city") OR OLD."shipping_country" IS DISTINCT FROM (NEW."shipping_country") OR OLD."shipping_name" IS DISTINCT FROM (NEW."shipping_name") OR OLD."shipping_postal_code" IS DISTINCT FROM (NEW."shipping_postal_code") OR OLD."shipping_state" IS DISTINCT FROM (NEW."shipping_state") OR OLD."shipping_unit" IS DISTINCT FROM (NEW."shipping_unit") OR OLD."sms_phone" IS DISTINCT FROM (NEW."sms_phone") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."type" IS DISTINCT FROM (NEW."type") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "prospects_personevent" ("address", "birth_date", "cell_phone", "city", "country", "created_at", "email", "first_name", "full_name", "gender", "id", "is_prospect", "last_name", "life_stage", "middle_initial", "nickname", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "picture", "postal_code", "practice_id", "primary_language", "pronouns", "provider_id", "sexual_identity", "shipping_address", "shipping_city", "shipping_country", "shipping_name", "shipping_postal_code", "shipping_state", "shipping_unit", "sms_phone", "state", "type", "unit", "updated_at") VALUES (NEW."address", NEW."birth_date", NEW."cell_phone", NEW."city", NEW."country", NEW."created_at", NEW."email", NEW."first_name", NEW."full_name", NEW."gender", NEW."id", NEW."is_prospect", NEW."last_name", NEW."life_stage", NEW."middle_initial", NEW."nickname", NEW."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."picture", NEW."postal_code", NEW."practice_id", NEW."primary_language", NEW."pronouns", NEW."provider_id", NEW."sexual_identity", NEW."shipping_address", NEW."shipping_city", NEW."shipping_country", NEW."shipping_name", NEW."shipping_postal_code", NEW."shipping_state", NEW."shipping_unit", NEW."sms_phone", NEW."state", NEW."type", NEW."unit", NEW."updated_at"); RETURN NULL;',
                    hash="f410d6212569b0d364b7ada48a799e3d4711bdb9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_83030",
                    table="prospects_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "prospects_personevent" ("address", "birth_date", "cell_phone", "city", "country", "created_at", "email", "first_name", "full_name", "gender", "id", "is_prospect", "last_name", "life_stage", "middle_initial", "nickname", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "picture", "postal_code", "practice_id", "primary_language", "pronouns", "provider_id", "sexual_identity", "shipping_address", "shipping_city", "shipping_country", "shipping_name", "shipping_postal_code", "shipping_state", "shipping_unit", "sms_phone", "state", "type", "unit", "updated_at") VALUES (OLD."address", OLD."birth_date", OLD."cell_phone", OLD."city", OLD."country", OLD."created_at", OLD."email", OLD."first_name", OLD."full_name", OLD."gender", OLD."id", OLD."is_prospect", OLD."last_name", OLD."life_stage", OLD."middle_initial", OLD."nickname", OLD."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."picture", OLD."postal_code", OLD."practice_id", OLD."primary_language", OLD."pronouns", OLD."provider_id", OLD."sexual_identity", OLD."shipping_address", OLD."shipping_city", OLD."shipping_country", OLD."shipping_name", OLD."shipping_postal_code", OLD."shipping_state", OLD."shipping_unit", OLD."sms_phone", OLD."state", OLD."type", OLD."unit", OLD."updated_at"); RETURN NULL;',
                    hash="13b75139b0f0f3549fa7ca81e53088468aac55a2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_31d88",
                    table="prospects_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tagevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2fa6a2b3c48846c881bf4dff668f925349934dea",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_93b04",
                    table="prospects_tagevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]

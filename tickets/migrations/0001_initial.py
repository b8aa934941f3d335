"""Tickets, comments, counts and history."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables; who may do what with them comes next."""

    initial = True

    dependencies = [
        ("partners", "0002_tenancy"),
    ]

    operations = [
        # They stay when this is reversed: other apps use them too.
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS btree_gin; CREATE EXTENSION IF NOT EXISTS pg_trgm",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, max_length=10000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("Open", "Open"),
                            ("Pending", "Pending"),
                            ("OnHold", "On hold"),
                            ("Resolved", "Resolved"),
                            ("Closed", "Closed"),
                        ],
                        default="Open",
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("Low", "Low"),
                            ("Normal", "Normal"),
                            ("High", "High"),
                            ("Urgent", "Urgent"),
                        ],
                        default="Normal",
                        max_length=10,
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=50)),
                ("requester", models.CharField(blank=True, help_text="Who asks.", max_length=200)),
                (
                    "assigned_to",
                    models.CharField(blank=True, help_text="Who looks after it.", max_length=200),
                ),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "subject",
                            "description",
                            "requester",
                            "category",
                            arg_joiner=" || E'\\n' || ",
                            template="lower(%(expressions)s)",
                        ),
                        output_field=models.TextField(),
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
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=10000)),
                ("author", models.CharField(max_length=200)),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("staff_name", models.CharField(blank=True, editable=False, max_length=150)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
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
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="TicketCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("status", models.CharField(max_length=10)),
                ("priority", models.CharField(max_length=10)),
                ("tickets", models.BigIntegerField()),
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
        migrations.CreateModel(
            name="TicketEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, max_length=10000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("Open", "Open"),
                            ("Pending", "Pending"),
                            ("OnHold", "On hold"),
                            ("Resolved", "Resolved"),
                            ("Closed", "Closed"),
                        ],
                        default="Open",
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("Low", "Low"),
                            ("Normal", "Normal"),
                            ("High", "High"),
                            ("Urgent", "Urgent"),
                        ],
                        default="Normal",
                        max_length=10,
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=50)),
                ("requester", models.CharField(blank=True, help_text="Who asks.", max_length=200)),
                (
                    "assigned_to",
                    models.CharField(blank=True, help_text="Who looks after it.", max_length=200),
                ),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="tickets.ticket",
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
                "verbose_name": "change of a ticket",
                "verbose_name_plural": "changes of tickets",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["practice", "status", "id"], name="ticket_by_status"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["practice", "priority", "id"], name="ticket_by_priority"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("practice"),
                django.db.models.functions.text.Lower("assigned_to"),
                models.F("id"),
                name="ticket_by_assigned",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status__in", ["Open", "Pending", "OnHold"])),
                fields=["id"],
                name="ticket_unresolved",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("practice"),
                django.contrib.postgres.indexes.OpClass("search_text", "gin_trgm_ops"),
                fastupdate=False,
                name="ticket_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("practice", "id"), name="ticket_in_practice"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject", ""), _negated=True), name="ticket_has_subject"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["Open", "Pending", "OnHold", "Resolved", "Closed"])
                ),
                name="ticket_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["Low", "Normal", "High", "Urgent"])),
                name="ticket_priority_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticket",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "tickets_ticketevent" ("api_key_id", "assigned_to", "category", "created_at", "description", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "priority", "requester", "status", "subject", "updated_at") VALUES (NEW."api_key_id", NEW."assigned_to", NEW."category", NEW."created_at", NEW."description", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."practice_id", NEW."priority", NEW."requester", NEW."status", NEW."subject", NEW."updated_at"); RETURN NULL;',
                    hash="caff737754057bda7a605f0f727c5e363bb773c1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2d01a",
                    table="tickets_ticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticket",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."api_key_id" IS DISTINCT FROM (NEW."api_key_id") OR OLD."assigned_to" IS DISTINCT FROM (NEW."assigned_to") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."practice_id" IS DISTINCT FROM (NEW."practice_id") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."requester" IS DISTINCT FROM (NEW."requester") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))',
                    func='INSERT INTO "tickets_ticketevent" ("api_key_id", "assigned_to", "category", "created_at", "description", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "priority", "requester", "status", "subject", "updated_at") VALUES (NEW."api_key_id", NEW."assigned_to", NEW."category", NEW."created_at", NEW."description", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."practice_id", NEW."priority", NEW."requester", NEW."status", NEW."subject", NEW."updated_at"); RETURN NULL;',
                    hash="4aa2ee8e35059c14f9b92dea7cb32c3a543426b1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c6bd0",
                    table="tickets_ticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticket",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "tickets_ticketevent" ("api_key_id", "assigned_to", "category", "created_at", "description", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "priority", "requester", "status", "subject", "updated_at") VALUES (OLD."api_key_id", OLD."assigned_to", OLD."category", OLD."created_at", OLD."description", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."practice_id", OLD."priority", OLD."requester", OLD."status", OLD."subject", OLD."updated_at"); RETURN NULL;',
                    hash="10f6c39723cabc84484ba47645ed572ba7bd3d0b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_84422",
                    table="tickets_ticket",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["ticket", "id"], name="comment_of_ticket"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="comment_has_text"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="said_is_said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="824f679c7efeae624765cf7c6775676d7d76f1a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_said_is_said_1a9be",
                    table="tickets_comment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketcount",
            constraint=models.UniqueConstraint(
                fields=("practice", "status", "priority"), name="ticketcount_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="ticketevent",
            index=models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="ticketevent_of"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticketevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="825ed2aae011e1b02ab1de9d04b2e765d5eab462",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2f517",
                    table="tickets_ticketevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]

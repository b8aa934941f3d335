"""Hours, rooms, types of visits, visits and holds, with their history."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_tenancy"),
        ("prospects", "0003_tenancy"),
        ("scheduling", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("room", "Room"), ("device", "Device")],
                        default="room",
                        max_length=10,
                    ),
                ),
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
            },
        ),
        migrations.CreateModel(
            name="TimeOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.practice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="time_off",
                        to="scheduling.provider",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "time off",
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_busy", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("arrived", "Arrived"),
                            ("completed", "Completed"),
                            ("no_show", "No Show"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="booked",
                        max_length=10,
                    ),
                ),
                ("complaint", models.CharField(blank=True, max_length=500)),
                ("notes", models.TextField(blank=True, max_length=10000)),
                ("cancel_reason", models.CharField(blank=True, max_length=500)),
                (
                    "is_overbooked",
                    models.BooleanField(
                        default=False, help_text="Put over another visit on purpose, by staff."
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospects.person",
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
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.resource",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VisitType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "default_duration_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
                (
                    "buffer_before_minutes",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The provider is taken for so long before his part of the visit.",
                        validators=[django.core.validators.MaxValueValidator(1440)],
                    ),
                ),
                (
                    "buffer_after_minutes",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The provider is taken for so long after his part of the visit.",
                        validators=[django.core.validators.MaxValueValidator(1440)],
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
                "ordering": [django.db.models.functions.text.Lower("name"), "id"],
            },
        ),
        migrations.CreateModel(
            name="VisitEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_busy", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("arrived", "Arrived"),
                            ("completed", "Completed"),
                            ("no_show", "No Show"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="booked",
                        max_length=10,
                    ),
                ),
                ("complaint", models.CharField(blank=True, max_length=500)),
                ("notes", models.TextField(blank=True, max_length=10000)),
                ("cancel_reason", models.CharField(blank=True, max_length=500)),
                (
                    "is_overbooked",
                    models.BooleanField(
                        default=False, help_text="Put over another visit on purpose, by staff."
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                        to="scheduling.visit",
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.visittype",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a visit",
                "verbose_name_plural": "changes of visits",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="visit",
            name="visit_type",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.visittype",
            ),
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("provider_busy", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("api_key_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.practice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.visittype",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VisitTypeProvider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider_types",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="type_providers",
                        to="scheduling.visittype",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="visittype",
            name="providers",
            field=models.ManyToManyField(
                related_name="visit_types",
                through="scheduling.VisitTypeProvider",
                to="scheduling.provider",
            ),
        ),
        migrations.CreateModel(
            name="VisitTypeResource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.practice",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resource_types",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "visit_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="type_resources",
                        to="scheduling.visittype",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="visittype",
            name="resources",
            field=models.ManyToManyField(
                related_name="visit_types",
                through="scheduling.VisitTypeResource",
                to="scheduling.resource",
            ),
        ),
        migrations.CreateModel(
            name="WeeklyHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                (
                    "closes",
                    models.TimeField(help_text="Not after the opening: it ends on the next day."),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="The last day it holds.", null=True),
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
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weekly_hours",
                        to="scheduling.provider",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "weekly hours",
                "ordering": ["weekday", "opens", "id"],
            },
        ),
        migrations.CreateModel(
            name="HoursEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                (
                    "closes",
                    models.TimeField(help_text="Not after the opening: it ends on the next day."),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="The last day it holds.", null=True),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.provider",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="scheduling.weeklyhours",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of hours",
                "verbose_name_plural": "changes of hours",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grid_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        help_text="Slots begin every so many minutes, counted from midnight.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
                (
                    "minimum_notice_minutes",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How long before its beginning a visit can still be booked.",
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        default=730,
                        help_text="How many days ahead visits can be booked.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
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
                "verbose_name_plural": "calendar rules",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice",), name="calendarrules_one_a_practice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grid_minutes__range", (1, 1440))),
                        name="calendarrules_grid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
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
                "indexes": [models.Index(fields=["practice"], name="closure_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False),
                            ("during__lower_inf", False),
                            ("during__upper_inf", False),
                        ),
                        name="closure_bounded",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.UniqueConstraint(
                fields=("practice", "id"), name="resource_in_practice"
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.UniqueConstraint(
                fields=("practice", "name"), name="resource_name_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="timeoff",
            index=models.Index(fields=["practice", "provider"], name="timeoff_of"),
        ),
        migrations.AddConstraint(
            model_name="timeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("during__isempty", False),
                    ("during__lower_inf", False),
                    ("during__upper_inf", False),
                ),
                name="timeoff_bounded",
            ),
        ),
        migrations.AddIndex(
            model_name="visitevent",
            index=models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="visitevent_of"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="72facd599c3736390c4d5ed8a890ba9f129f5adc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3f53c",
                    table="scheduling_visitevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["practice", "person"], name="visit_of_person"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["practice", "during"], name="visit_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("during__contains", models.F("provider_during")),
                    ("provider_busy__contains", models.F("provider_during")),
                    ("provider_during__isempty", False),
                    ("during__lower_inf", False),
                    ("during__upper_inf", False),
                    ("provider_busy__lower_inf", False),
                    ("provider_busy__upper_inf", False),
                ),
                name="visit_ranges_nested",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(fields=("practice", "id"), name="visit_in_practice"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True), ("is_overbooked", False)
                ),
                expressions=[("practice", "="), ("provider", "="), ("provider_busy", "&&")],
                name="visit_one_at_a_time_for_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True), ("is_overbooked", False)
                ),
                expressions=[("practice", "="), ("room", "="), ("during", "&&")],
                name="visit_one_at_a_time_in_room",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["booked", "arrived", "completed", "no_show", "cancelled"])
                ),
                name="visit_status_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_visitevent" ("api_key_id", "cancel_reason", "complaint", "created_at", "during", "id", "is_overbooked", "notes", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_busy", "provider_during", "provider_id", "room_id", "status", "updated_at", "visit_type_id") VALUES (NEW."api_key_id", NEW."cancel_reason", NEW."complaint", NEW."created_at", NEW."during", NEW."id", NEW."is_overbooked", NEW."notes", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."practice_id", NEW."provider_busy", NEW."provider_during", NEW."provider_id", NEW."room_id", NEW."status", NEW."updated_at", NEW."visit_type_id"); RETURN NULL;',
                    hash="8b99abfaeee19fe455aa432c787903f41e7004b2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a5623",
                    table="scheduling_visit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_visitevent" ("api_key_id", "cancel_reason", "complaint", "created_at", "during", "id", "is_overbooked", "notes", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_busy", "provider_during", "provider_id", "room_id", "status", "updated_at", "visit_type_id") VALUES (NEW."api_key_id", NEW."cancel_reason", NEW."complaint", NEW."created_at", NEW."during", NEW."id", NEW."is_overbooked", NEW."notes", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."practice_id", NEW."provider_busy", NEW."provider_during", NEW."provider_id", NEW."room_id", NEW."status", NEW."updated_at", NEW."visit_type_id"); RETURN NULL;',
                    hash="9373eb53feffe8090d062b7bfec1c3fd16773cf2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1e696",
                    table="scheduling_visit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_visitevent" ("api_key_id", "cancel_reason", "complaint", "created_at", "during", "id", "is_overbooked", "notes", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_busy", "provider_during", "provider_id", "room_id", "status", "updated_at", "visit_type_id") VALUES (OLD."api_key_id", OLD."cancel_reason", OLD."complaint", OLD."created_at", OLD."during", OLD."id", OLD."is_overbooked", OLD."notes", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."practice_id", OLD."provider_busy", OLD."provider_during", OLD."provider_id", OLD."room_id", OLD."status", OLD."updated_at", OLD."visit_type_id"); RETURN NULL;',
                    hash="fa3b5dd974db9ca8daaf5d6f1f5c5fa76a0fe15b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1b315",
                    table="scheduling_visit",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                fields=["practice", "provider", "expires_at"], name="hold_of_provider"
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["practice", "room", "expires_at"], name="hold_of_room"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("during__contains", models.F("provider_during")),
                    ("provider_busy__contains", models.F("provider_during")),
                    ("provider_during__isempty", False),
                    ("during__lower_inf", False),
                    ("during__upper_inf", False),
                    ("provider_busy__lower_inf", False),
                    ("provider_busy__upper_inf", False),
                ),
                name="hold_ranges_nested",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(fields=("practice", "id"), name="hold_in_practice"),
        ),
        migrations.AddConstraint(
            model_name="visittypeprovider",
            constraint=models.UniqueConstraint(
                fields=("practice", "visit_type", "provider"), name="visittypeprovider_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="visittyperesource",
            constraint=models.UniqueConstraint(
                fields=("practice", "visit_type", "resource"), name="visittyperesource_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.UniqueConstraint(
                fields=("practice", "id"), name="visittype_in_practice"
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.UniqueConstraint(
                models.F("practice"),
                django.db.models.functions.text.Lower("name"),
                name="visittype_name_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buffer_after_minutes__lte", 1440),
                    ("buffer_before_minutes__lte", 1440),
                    ("default_duration_minutes__range", (1, 1440)),
                ),
                name="visittype_minutes",
            ),
        ),
        migrations.AddIndex(
            model_name="weeklyhours",
            index=models.Index(fields=["practice", "provider"], name="weeklyhours_of"),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (0, 6))), name="weeklyhours_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None),
                    ("valid_until", None),
                    ("valid_from__lte", models.F("valid_until")),
                    _connector="OR",
                ),
                name="weeklyhours_validity",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="weeklyhours",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_hoursevent" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_id", "valid_from", "valid_until", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."practice_id", NEW."provider_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                    hash="4e72788ce8ed0381b11a876191b8b08cb2633370",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e9fc0",
                    table="scheduling_weeklyhours",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="weeklyhours",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_hoursevent" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_id", "valid_from", "valid_until", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."practice_id", NEW."provider_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                    hash="bcad871556ad3304095e2cea0c46a5a71f050052",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2b19a",
                    table="scheduling_weeklyhours",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="weeklyhours",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_hoursevent" ("closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "provider_id", "valid_from", "valid_until", "weekday") VALUES (OLD."closes", OLD."id", OLD."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."practice_id", OLD."provider_id", OLD."valid_from", OLD."valid_until", OLD."weekday"); RETURN NULL;',
                    hash="a206743bdb85affcce25dba193b7ad8884b52db0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2559f",
                    table="scheduling_weeklyhours",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hoursevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="670cf8c7c1d95caecb6568edda8d0242876dcf93",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d89ef",
                    table="scheduling_hoursevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]

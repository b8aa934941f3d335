"""People, cut by practice into parts with indexes of their own; tags; who has which."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import prospects.validators

_PARTS = 32

# NFKC makes one of what looks the same (full-width digits, accents written apart). Every function
# here is found without a search_path, so that a dump can be restored.
_SEARCH_TEXT = """
CREATE FUNCTION prospects_search_text(
    first_name text, middle_initial text, last_name text, full_name text, nickname text, email text,
    phone text, cell_phone text, sms_phone text, normalized_phones text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    lower(normalize(
        first_name || E'\\n' || middle_initial || E'\\n' || last_name || E'\\n' || full_name || E'\\n'
        || nickname || E'\\n' || email, NFKC))
    || E'\\n' || regexp_replace(normalize(phone, NFKC), '[^0-9]+', '', 'g')
    || E'\\n' || regexp_replace(normalize(cell_phone, NFKC), '[^0-9]+', '', 'g')
    || E'\\n' || regexp_replace(normalize(sms_phone, NFKC), '[^0-9]+', '', 'g')
    || E'\\n' || normalized_phones;
"""

# prospects_person is under row-level security (0003). Its only part, prospects_person_all, is not,
# and only staff may read it: see the view in 0003. What a search reads comes first in the row.
_PERSON = """
CREATE SEQUENCE prospects_person_id_seq AS bigint;
CREATE TABLE prospects_person (
    practice_id bigint NOT NULL REFERENCES partners_practice,
    id bigint NOT NULL DEFAULT nextval('prospects_person_id_seq'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    is_prospect boolean NOT NULL DEFAULT true,
    search_text text NOT NULL GENERATED ALWAYS AS (
        prospects_search_text(first_name, middle_initial, last_name, full_name, nickname, email,
                              phone, cell_phone, sms_phone, normalized_phones)) STORED,
    first_name varchar(100) NOT NULL DEFAULT '',
    middle_initial varchar(20) NOT NULL DEFAULT '',
    last_name varchar(100) NOT NULL DEFAULT '',
    full_name varchar(250) NOT NULL,
    nickname varchar(100) NOT NULL DEFAULT '',
    email varchar(254) NOT NULL DEFAULT '',
    phone varchar(50) NOT NULL DEFAULT '',
    cell_phone varchar(50) NOT NULL DEFAULT '',
    sms_phone varchar(50) NOT NULL DEFAULT '',
    gender varchar(1) NOT NULL DEFAULT '',
    birth_date date,
    life_stage varchar(20) NOT NULL DEFAULT '',
    pronouns varchar(50) NOT NULL DEFAULT '',
    sexual_identity varchar(50) NOT NULL DEFAULT '',
    primary_language varchar(50) NOT NULL DEFAULT '',
    type varchar(20) NOT NULL DEFAULT '',
    address varchar(250) NOT NULL DEFAULT '',
    unit varchar(50) NOT NULL DEFAULT '',
    city varchar(100) NOT NULL DEFAULT '',
    state varchar(100) NOT NULL DEFAULT '',
    postal_code varchar(20) NOT NULL DEFAULT '',
    country varchar(100) NOT NULL DEFAULT '',
    provider_id bigint,
    shipping_name varchar(250) NOT NULL DEFAULT '',
    shipping_address varchar(250) NOT NULL DEFAULT '',
    shipping_unit varchar(50) NOT NULL DEFAULT '',
    shipping_city varchar(100) NOT NULL DEFAULT '',
    shipping_state varchar(100) NOT NULL DEFAULT '',
    shipping_postal_code varchar(20) NOT NULL DEFAULT '',
    shipping_country varchar(100) NOT NULL DEFAULT '',
    picture varchar(200) NOT NULL DEFAULT '',
    notes text NOT NULL DEFAULT '',
    normalized_phones varchar(250) NOT NULL DEFAULT '',
    normalized_postal_code varchar(20) NOT NULL DEFAULT '',
    identities text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (practice_id, id),
    -- So that nobody can be given a provider of another practice.
    CONSTRAINT person_provider FOREIGN KEY (practice_id, provider_id)
        REFERENCES scheduling_provider (practice_id, id)
) PARTITION BY HASH (practice_id);
ALTER SEQUENCE prospects_person_id_seq OWNED BY prospects_person.id;
CREATE TABLE prospects_person_all PARTITION OF prospects_person
    FOR VALUES WITH (MODULUS 1, REMAINDER 0) PARTITION BY HASH (practice_id);
""" + "".join(
    f"CREATE TABLE prospects_person_{part:02} PARTITION OF prospects_person_all"
    f" FOR VALUES WITH (MODULUS {_PARTS}, REMAINDER {part});"
    for part in range(_PARTS)
)

_NO_PERSON = "DROP TABLE prospects_person; DROP FUNCTION prospects_search_text"

# A tag and a person can meet only within one practice.
_MEETING = """
ALTER TABLE prospects_persontag
    ADD CONSTRAINT persontag_person FOREIGN KEY (practice_id, person_id)
        REFERENCES prospects_person (practice_id, id),
    ADD CONSTRAINT persontag_tag FOREIGN KEY (practice_id, tag_id)
        REFERENCES prospects_tag (practice_id, id);
"""
_NO_MEETING = """
ALTER TABLE prospects_persontag DROP CONSTRAINT persontag_person, DROP CONSTRAINT persontag_tag;
"""


class Migration(migrations.Migration):
    """The table of people is made in SQL, because Django cannot partition one."""

    initial = True
    dependencies = [("partners", "0002_tenancy"), ("scheduling", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_SEARCH_TEXT + _PERSON, _NO_PERSON)],
            state_operations=[
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
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
                                choices=[
                                    ("m", "Male"),
                                    ("f", "Female"),
                                    ("o", "Other"),
                                    ("u", "Unknown"),
                                ],
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
                            models.FileField(
                                blank=True, editable=False, max_length=200, upload_to=""
                            ),
                        ),
                        ("notes", models.TextField(blank=True, max_length=10000)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "normalized_phones",
                            models.CharField(blank=True, editable=False, max_length=250),
                        ),
                        (
                            "normalized_postal_code",
                            models.CharField(blank=True, editable=False, max_length=20),
                        ),
                        (
                            "identities",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(),
                                blank=True,
                                default=list,
                                editable=False,
                                size=None,
                            ),
                        ),
                        (
                            "search_text",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    "first_name",
                                    "middle_initial",
                                    "last_name",
                                    "full_name",
                                    "nickname",
                                    "email",
                                    "phone",
                                    "cell_phone",
                                    "sms_phone",
                                    "normalized_phones",
                                    function="prospects_search_text",
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
                        (
                            "provider",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.provider",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "people",
                        "ordering": ["-id"],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
            name="PersonTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="person_tags",
                        to="prospects.person",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="person_tags",
                        to="prospects.tag",
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
        migrations.AddField(
            model_name="person",
            name="tags",
            field=models.ManyToManyField(
                related_name="people", through="prospects.PersonTag", to="prospects.tag"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                models.F("practice"),
                django.db.models.functions.text.Lower("name"),
                name="tag_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("practice", "id"), name="tag_in_practice"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="tag_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(("color__regex", "^#[0-9a-f]{6}$")), name="tag_color_form"
            ),
        ),
        migrations.AddIndex(
            model_name="persontag",
            index=models.Index(fields=["practice", "tag", "person"], name="persontag_by_tag"),
        ),
        migrations.AddConstraint(
            model_name="persontag",
            constraint=models.UniqueConstraint(
                fields=("practice", "person", "tag"), name="persontag_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False,
                fields=["search_text"],
                name="person_search",
                opclasses=["gin_trgm_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["identities"], name="person_identities"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["practice", "updated_at"], name="person_updated"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["id"], name="person_id"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("gender__in", ["", "m", "f", "o", "u"])),
                name="person_gender_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "life_stage__in",
                        [
                            "",
                            "Infant",
                            "Toddler",
                            "Child",
                            "Adolescent",
                            "EarlyAdult",
                            "Adult",
                            "AllAdults",
                            "Senior",
                        ],
                    )
                ),
                name="person_life_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("type__in", ["", "Patient", "Child", "Cash", "Insurance", "Guarantor"])
                ),
                name="person_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("full_name", ""), _negated=True), name="person_has_name"
            ),
        ),
        migrations.RunSQL(_MEETING, _NO_MEETING),
    ]

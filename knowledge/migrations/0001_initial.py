"""Articles, every state they have had, and the words in them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# Every function here is found without a search_path, so that a dump can be restored.
_VECTORS = """
CREATE FUNCTION knowledge_heading(title text, tags text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    setweight(to_tsvector('pg_catalog.english', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', tags), 'B');
CREATE FUNCTION knowledge_search(title text, tags text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    knowledge_heading(title, tags) || to_tsvector('pg_catalog.english', body);
CREATE FUNCTION knowledge_words(title text, tags text, body text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC
    SELECT DISTINCT lexeme
    FROM unnest(to_tsvector('pg_catalog.simple', title || ' ' || tags || ' ' || body))
    WHERE lexeme ~ '^[[:alnum:]]{3,40}$';
END;
"""
_NO_VECTORS = """
DROP FUNCTION knowledge_words;
DROP FUNCTION knowledge_search;
DROP FUNCTION knowledge_heading;
"""

# The words that share enough trigrams with what is asked, or begin so: the likeliest hundred. What is
# asked holds letters and digits only, no pattern. Two letters that have changed places cost more
# trigrams than PostgreSQL's own threshold allows.
_NEAR = """
CREATE FUNCTION knowledge_near(words text[]) RETURNS TABLE (asked text, word text)
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.similarity_threshold = 0.2 BEGIN ATOMIC
    SELECT a.asked, n.word
    FROM unnest(words) AS a (asked)
    CROSS JOIN LATERAL (
        SELECT w.word FROM knowledge_word w
        WHERE w.word % a.asked OR w.word LIKE a.asked || '%'
        ORDER BY similarity(w.word, a.asked) DESC, w.word LIMIT 100
    ) AS n;
END;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        migrations.RunSQL(_VECTORS, _NO_VECTORS),
        migrations.CreateModel(
            name="ArticleEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True, max_length=100000, verbose_name="article")),
                ("category", models.CharField(blank=True, max_length=100)),
                ("type", models.CharField(blank=True, max_length=50)),
                (
                    "tags",
                    models.CharField(blank=True, help_text="Separated by commas.", max_length=500),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "revision of an article",
                "verbose_name_plural": "revisions of articles",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True, max_length=100000, verbose_name="article")),
                ("category", models.CharField(blank=True, max_length=100)),
                ("type", models.CharField(blank=True, max_length=50)),
                (
                    "tags",
                    models.CharField(blank=True, help_text="Separated by commas.", max_length=500),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now_add=True)),
                ("text", models.TextField(blank=True, editable=False)),
                (
                    "heading",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("title", "tags", function="knowledge_heading"),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "title", "tags", "body", function="knowledge_search"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["search"], name="article_search"
                    ),
                    models.Index(
                        django.db.models.functions.text.Upper("category"),
                        django.db.models.functions.text.Upper("type"),
                        name="article_category",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="article_has_title"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("body"), 100000
                        ),
                        name="article_body_length",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="count_revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (OLD.title, OLD.body, OLD.category, OLD.type, OLD.tags, OLD.is_active) IS DISTINCT FROM (NEW.title, NEW.body, NEW.category, NEW.type, NEW.tags, NEW.is_active) THEN\n        NEW.revision := OLD.revision + 1;\n        NEW.updated_at := now();\n    ELSE\n        NEW.revision := OLD.revision;\n        NEW.updated_at := OLD.updated_at;\n    END IF;\n    RETURN NEW;\n",
                    hash="f970ad35e687d00462aa33b1063bb46eb673b56b",
                    operation="UPDATE",
                    pgid="pgtrigger_count_revision_edeb0",
                    table="knowledge_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="note_words",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO knowledge_word (word)\n    SELECT word FROM knowledge_words(NEW.title, NEW.tags, NEW.body) AS word\n    ORDER BY word ON CONFLICT DO NOTHING;\n    RETURN NULL;\n",
                    hash="f14763b11d7c0851f522c1aba6b433e1778d694f",
                    operation='INSERT OR UPDATE OF "title", "tags", "body"',
                    pgid="pgtrigger_note_words_488b0",
                    table="knowledge_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "knowledge_articleevent" ("body", "category", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "tags", "title", "type", "updated_at") VALUES (NEW."body", NEW."category", NEW."created_at", NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."revision", NEW."tags", NEW."title", NEW."type", NEW."updated_at"); RETURN NULL;',
                    hash="6d6ba319554e9371596e003f864aa1d79793b12a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e52aa",
                    table="knowledge_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."type" IS DISTINCT FROM (NEW."type"))',
                    func='INSERT INTO "knowledge_articleevent" ("body", "category", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "tags", "title", "type", "updated_at") VALUES (NEW."body", NEW."category", NEW."created_at", NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."revision", NEW."tags", NEW."title", NEW."type", NEW."updated_at"); RETURN NULL;',
                    hash="8126ecae3e03f0e6f70138c2bc44b451055c868b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_020d0",
                    table="knowledge_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "knowledge_articleevent" ("body", "category", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "tags", "title", "type", "updated_at") VALUES (OLD."body", OLD."category", OLD."created_at", OLD."id", OLD."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."revision", OLD."tags", OLD."title", OLD."type", OLD."updated_at"); RETURN NULL;',
                    hash="91787312fe34c66461ae55b9f4124726e788e2a9",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_67746",
                    table="knowledge_article",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="articleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="knowledge.article",
            ),
        ),
        migrations.AddIndex(
            model_name="word",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["word"], name="word_near", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="articleevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("pgh_label", "delete"), _negated=True),
                fields=("pgh_obj", "revision"),
                name="articleevent_revision",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="articleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ff948c87dffd4a406097be83d6112a3d6ea79182",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9975",
                    table="knowledge_articleevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(_NEAR, "DROP FUNCTION knowledge_near"),
    ]

"""Articles."""

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Length, Upper
from django.db.models.lookups import LessThanOrEqual

from knowledge import markdown
from knowledge.models.queries import ArticleQuerySet

LONGEST_BODY = 100_000

# What makes an edit: the columns that a revision keeps.
KEPT = ("title", "body", "category", "type", "tags", "is_active")
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))
_COUNT = f"""
    IF ({_OLD}) IS DISTINCT FROM ({_NEW}) THEN
        NEW.revision := OLD.revision + 1;
        NEW.updated_at := now();
    ELSE
        NEW.revision := OLD.revision;
        NEW.updated_at := OLD.updated_at;
    END IF;
    RETURN NEW;
"""
# In order, so that two who write the same new words wait for each other in one order.
_NOTE_WORDS = """
    INSERT INTO knowledge_word (word)
    SELECT word FROM knowledge_words(NEW.title, NEW.tags, NEW.body) AS word
    ORDER BY word ON CONFLICT DO NOTHING;
    RETURN NULL;
"""


def _vector(name: str, *columns: str) -> models.GeneratedField:
    """A text search vector, made by the database, also of rows that SQL clients write."""
    return models.GeneratedField(
        expression=models.Func(*columns, function=f"knowledge_{name}"),
        output_field=SearchVectorField(),
        db_persist=True,
    )


class Article(models.Model):
    """An article of the knowledge base: Markdown, for all practices.

    Text that was not given is '', never null. The database numbers the revisions: every change
    through whatever door is one more, and leaves what it replaced in `ArticleEvent`.
    """

    title = models.CharField(max_length=200)
    body = models.TextField("article", max_length=LONGEST_BODY, blank=True)
    category = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=50, blank=True)
    tags = models.CharField(max_length=500, blank=True, help_text="Separated by commas.")
    is_active = models.BooleanField("active", default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    # The body without its markup, for excerpts; kept by `save`.
    text = models.TextField(blank=True, editable=False)
    # Title (A) and tags (B); small, so that ranking by it is cheap.
    heading = _vector("heading", "title", "tags")
    # Title (A), tags (B) and body (D).
    search = _vector("search", "title", "tags", "body")

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="article_has_title"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), LONGEST_BODY), name="article_body_length"
            ),
        ]
        indexes = [
            # fastupdate is off so that no search has to walk a list of what is not indexed yet.
            GinIndex(fields=["search"], fastupdate=False, name="article_search"),
            models.Index(Upper("category"), Upper("type"), name="article_category"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="count_revision",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_COUNT,
            ),
            pgtrigger.Trigger(
                name="note_words",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("title", "tags", "body"),  # type: ignore[no-untyped-call]
                func=_NOTE_WORDS,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store, with the plain text of the body."""
        if update_fields is None or "body" in update_fields:
            self.text = markdown.to_text(self.body)
        if update_fields is not None and "body" in update_fields:
            update_fields = {*update_fields, "text"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def html(self) -> str:
        """The body as HTML that is safe to show."""
        return markdown.to_html(self.body)


class Word(models.Model):
    """A word that is, or was, in some article: what a slip of the pen may have meant."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes = [
            GinIndex(
                fields=["word"], opclasses=["gin_trgm_ops"], fastupdate=False, name="word_near"
            )
        ]

    def __str__(self) -> str:
        return self.word

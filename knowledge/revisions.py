"""Writing articles and their revisions. Nothing that was in an article is ever lost.

A revision is a state of an article, numbered from 1. The database numbers them and keeps each with
who wrote it and when (`ArticleEvent`), in the transaction of the write, whoever writes; an edit
that changes nothing is none.
"""

from typing import Any

from django.db import models

from knowledge.models import Article, ArticleEvent
from knowledge.models.article import KEPT


class NoSuchRevision(Exception):
    """The article has never had a revision of this number."""


def add(**values: Any) -> Article:
    """A new article; `values` are attributes of Article."""
    return Article.objects.create(**values)


def change(*, article: Article, values: dict[str, Any]) -> None:
    """Store what is new in `values`, attributes of Article; no write if nothing is.

    The caller has locked the row.
    """
    changed = [name for name, value in values.items() if getattr(article, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(article, name, values[name])
    article.save(update_fields=changed)
    article.refresh_from_db(fields=["revision", "updated_at"])


def restore(*, article: Article, revision: int) -> None:
    """Make the article what it was in a revision; that is an edit like any other.

    The caller has locked the row. Raises NoSuchRevision.
    """
    values = of(article).filter(revision=revision).values(*KEPT).first()
    if values is None:
        raise NoSuchRevision
    change(article=article, values=values)


def of(article: Article) -> Any:
    """Every state that the article has had, the newest first."""
    kept = ArticleEvent.objects.filter(pgh_obj_id=article.pk).exclude(pgh_label="delete")
    return kept.order_by("-revision")


def replaced(article: Article) -> Any:
    """The states that are no more, with `replaced_at` and `replaced_context`."""
    following = ArticleEvent.objects.filter(
        pgh_obj_id=models.OuterRef("pgh_obj_id"), revision=models.OuterRef("revision") + 1
    ).exclude(pgh_label="delete")
    return (
        of(article)
        .filter(revision__lt=article.revision)
        .annotate(
            replaced_at=models.Subquery(following.values("pgh_created_at")),
            replaced_context=models.Subquery(following.values("pgh_context")),
        )
    )

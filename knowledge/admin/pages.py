"""What an article has been, for staff: a list of its revisions, a page for each, the way back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from knowledge import authors, diffs, revisions
from knowledge.models import Article
from knowledge.models.article import KEPT

# On one page of the history.
_PAGE = 50


class RevisionPages(admin.ModelAdmin[Article]):
    """The base of the articles' admin: what it has beyond a list and a form."""

    object_history_template = "admin/knowledge/article/object_history.html"

    def extra_pages(self) -> Iterable[tuple[str, Any, str]]:
        """Route, view and name of the pages that Django's admin has not."""
        return [("<int:pk>/revisions/<int:number>/", self.revision_view, "revision")]

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, whose last pattern takes anything."""
        return [
            path(route, self.admin_site.admin_view(view), name=f"knowledge_article_{name}")
            for route, view, name in self.extra_pages()
        ] + super().get_urls()

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the admin needs."""
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The revisions, the newest first, a page of them."""
        article = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if article is not None:
            context = _listed(article, request.GET.get("before", ""))
        return super().history_view(request, object_id, {**(extra_context or {}), **context})

    def revision_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One revision, beside the one before it or the article as it is; POST brings it back."""
        article = self.get_object(request, str(pk))
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        if article is None:
            raise Http404
        kept = revisions.of(article)
        chosen = get_object_or_404(kept, revision=number)
        if request.method == "POST":
            return self._restore(request, article, number)
        is_to_now = "now" in request.GET and number != article.revision
        other = article.revision if is_to_now else number - 1
        before, after = kept.filter(revision=other).first(), chosen
        if is_to_now:
            before, after = chosen, before
        (who,) = authors.names([chosen.pgh_context])
        context = {
            **self.page_context(request),
            "title": f"Revision {number} of {article.title}",
            "article": article,
            "chosen": chosen,
            "who": who,
            "is_to_now": is_to_now,
            "changes": _changes(before, after),
            "lines": diffs.compare(before.body if before else "", after.body),
            "can_restore": number != article.revision
            and self.has_change_permission(request, article),
        }
        return TemplateResponse(request, "admin/knowledge/article/revision.html", context)

    def _restore(self, request: HttpRequest, article: Article, number: int) -> HttpResponse:
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        locked = Article.objects.select_for_update().get(pk=article.pk)
        replaced = locked.revision
        revisions.restore(article=locked, revision=number)
        self.log_change(request, locked, f"Restored revision {number}.")
        messages.success(
            request,
            f"Revision {number} is back. What it replaced is revision {replaced}.",
        )
        return redirect("admin:knowledge_article_change", article.pk)


def _listed(article: Article, before: str) -> dict[str, Any]:
    """A page of revisions, each with who wrote it and the names of what it changed."""
    kept = revisions.of(article)
    if before.isascii() and before.isdigit():
        kept = kept.filter(revision__lt=int(before[:9]))
    newest = list(kept[: _PAGE + 1])
    shown = newest[:_PAGE]
    who = authors.names(each.pgh_context for each in shown)
    pairs = zip(shown, [*newest[1:], None][: len(shown)], who, strict=True)
    return {
        "revisions": [
            (each, name, _names(each, former) if former else ["written"])
            for each, former, name in pairs
        ],
        "older": shown[-1].revision if len(newest) > _PAGE else None,
        "article": article,
    }


def _names(after: Any, before: Any) -> list[str]:
    return [_verbose(name) for name in KEPT if getattr(before, name) != getattr(after, name)]


def _changes(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    """Name, before and after of the short columns that differ."""
    return [
        (_verbose(name), getattr(before, name) if before else "", getattr(after, name))
        for name in KEPT
        if name != "body" and (before is None or getattr(before, name) != getattr(after, name))
    ]


def _verbose(name: str) -> str:
    column: Any = Article._meta.get_field(name)
    return str(column.verbose_name)

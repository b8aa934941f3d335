"""Articles in the admin: found as partners find them, written with a preview."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from knowledge import markdown, revisions
from knowledge.admin.forms import ArticleForm
from knowledge.admin.pages import RevisionPages
from knowledge.models import Article
from knowledge.models.article import KEPT, LONGEST_BODY
from knowledge.search import LONGEST_SEARCH
from partners.filters import ChoiceFilter
from partners.paginator import CappedPaginator


class UseFilter(ChoiceFilter):
    """Articles by whether they are in lists."""

    title = "state"
    parameter_name = "state"
    field = "is_active"
    words = ("active", "inactive")


class SpelledFilter(admin.SimpleListFilter):
    """Articles by a column, in whatever case it is written."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each once."""
        return [(each, each) for each in _spellings(self.column)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Those that have it."""
        wanted = self.value()
        return queryset.filter(**{f"{self.column}__iexact": wanted}) if wanted else None


class CategoryFilter(SpelledFilter):
    """Articles by what they are about."""

    title = parameter_name = column = "category"


class TypeFilter(SpelledFilter):
    """Articles by what they are."""

    title = parameter_name = column = "type"


@admin.register(Article)
class ArticleAdmin(RevisionPages):
    """Articles are never deleted, only put out of use; every state they had can come back."""

    form = ArticleForm
    list_display = ["title", "category", "type", "state", "revision", "updated"]
    list_filter = [UseFilter, CategoryFilter, TypeFilter]
    list_per_page = 50
    sortable_by = []
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    search_fields = ["title"]
    search_help_text = 'Words in title, tags or article; "in quotes" together, -left out.'

    class Media:
        css = {"all": ["knowledge/article.css"]}
        js = ["knowledge/preview.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Without what only searching needs."""
        articles: Any = super().get_queryset(request)
        found: QuerySet[Article] = articles.without_vectors()
        return found

    def get_fields(self, request: HttpRequest, obj: Article | None = None) -> Any:
        """Who only reads has nothing to say of what was seen."""
        fields = ["title", "category", "type", "tags", "is_active", "body"]
        return [*fields, "seen"] if self.has_change_permission(request, obj) else fields

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        """By the same search as the API."""
        text = search_term[:LONGEST_SEARCH]
        return (queryset.found(queryset.look_up(text)) if text.strip() else queryset), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the categories and types that there are, to choose from."""
        context |= {"categories": _spellings("category"), "types": _spellings("type")}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """As the API writes it. The form has locked the row."""
        values = {name: form.cleaned_data[name] for name in KEPT}
        if change:
            revisions.change(article=Article.objects.get(pk=obj.pk), values=values)
        else:
            obj.pk = revisions.add(**values).pk

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What was written stays."""
        return False

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The article as it would be shown; nothing is stored."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        body = request.POST.get("body", "")[:LONGEST_BODY]
        context = {
            **self.page_context(request),
            "title": request.POST.get("title", "").strip() or "Preview",
            "html": markdown.to_html(body),
        }
        return TemplateResponse(request, "admin/knowledge/article/preview.html", context)

    def extra_pages(self) -> Iterable[tuple[str, Any, str]]:
        """The preview is one page for all articles, new ones too."""
        return [*super().extra_pages(), ("preview/", require_POST(self.preview_view), "preview")]

    @admin.display(description="state", ordering="is_active")
    def state(self, article: Article) -> str:
        """In use or not."""
        kind, word = ("good", "active") if article.is_active else ("off", "inactive")
        return format_html('<span class="badge badge-{}">{}</span>', kind, word)

    @admin.display(description="updated (UTC)")
    def updated(self, article: Article) -> str:
        """To the minute."""
        return f"{article.updated_at:%Y-%m-%d %H:%M}"


def _spellings(column: str) -> list[str]:
    """What there is in a column; of spellings that differ only in case, one."""
    found = Article.objects.order_by(column).values_list(column, flat=True).distinct()
    return list({each.lower(): each for each in found if each}.values())

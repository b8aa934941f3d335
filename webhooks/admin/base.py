"""What pages of webhooks have in common: rows to look at, and things to do to some of them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from partners.paginator import CappedList, CappedPaginator
from partners.returning import way_back

MOST_AT_ONCE = 1000


class RecordAdmin(admin.ModelAdmin[Any]):
    """Rows that happen by themselves: looked at, newest first, never edited nor deleted."""

    # Events are thin: numbers.
    tells_of_patients = False
    list_per_page = 50
    list_select_related = ["practice"]
    ordering = ["-id"]
    sortable_by = []
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    class Media:
        css = {"all": ["webhooks/admin.css"]}

    # Pages besides the list and the form: address, the method that shows it, the right it takes.
    pages: Sequence[tuple[str, str, str]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that ends its count somewhere."""
        return CappedList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are made by what happens."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened is not undone."""
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whatever is sent, again or as a test, is a delivery."""
        return request.user.has_perm("webhooks.change_delivery")

    def get_urls(self) -> list[URLPattern]:
        """The pages besides stand before Django's own, whose last pattern takes anything."""
        return [
            path(
                f"{name}/",
                self.admin_site.admin_view(self._guarded(getattr(self, method), right)),
                name=f"{self._prefix}_{name}",
            )
            for name, method, right in self.pages
        ] + super().get_urls()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """There is nothing to save, so nothing to "change"."""
        context.update(show_save=False, show_save_and_continue=False)
        context["title"] = capfirst(self.opts.verbose_name)
        context["has_send_permission"] = self.has_send_permission(request)
        return super().render_change_form(request, context, *args, **kw)

    def chosen(self, request: HttpRequest, rows: QuerySet[Any]) -> list[Any]:
        """The rows that the page is about, in the order of their ids."""
        ids = request.POST.getlist("id") or request.GET.getlist("id")
        numbers = {int(pk) for pk in ids[:MOST_AT_ONCE] if pk.isascii() and pk.isdigit()}
        return list(rows.filter(pk__in=[n for n in numbers if n < 2**63]).order_by("pk"))

    def to_page(self, name: str, queryset: QuerySet[Any]) -> HttpResponse:
        """From an action of the list to its page."""
        ids = queryset.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
        query = "&".join(f"id={pk}" for pk in ids)
        return redirect(f"{reverse(f'admin:{self._prefix}_{name}')}?{query}")

    def to_list(self, request: HttpRequest, warning: str = "") -> HttpResponse:
        """Back to where one was, or to the list."""
        if warning:
            messages.warning(request, warning)
        return redirect(self.back(request))

    def back(self, request: HttpRequest) -> str:
        """Where one was, if the page was told; else the list."""
        return way_back(request, reverse(f"admin:{self._prefix}_changelist"))

    def ask(self, request: HttpRequest, template: str, title: str, **more: Any) -> HttpResponse:
        """A page of ours, in the admin's frame."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "back": self.back(request),
            **more,
        }
        return TemplateResponse(request, f"admin/webhooks/{template}.html", context)

    def note(self, request: HttpRequest, rows: Iterable[Any], what: str) -> None:
        """Who did what, in the history of each row."""
        for row in rows:
            self.log_change(request, row, what)

    def _guarded(self, view: Callable[[HttpRequest], HttpResponse], right: str) -> Any:
        def guarded(request: HttpRequest) -> HttpResponse:
            if not getattr(self, f"has_{right}_permission")(request):
                raise PermissionDenied
            return view(request)

        return guarded

    @property
    def _prefix(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"


def link(page: str, words: object, *args: Any, query: str = "") -> SafeString:
    """A link to a page of the admin."""
    url = reverse(f"admin:{page}", args=args)
    return format_html('<a href="{}{}">{}</a>', url, query and f"?{query}", words)

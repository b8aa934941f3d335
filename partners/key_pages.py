"""Admin pages on which keys are born or end: reveal, rotate, revoke.

A key's text lives in the one response that shows it. It is in no session, message, log entry or
address; the page may not be stored, and asked for again it makes no second key.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from partners.badges import key_badge
from partners.issuing import IssuedKey, KeyIsRevoked, revoke_key, rotate_key
from partners.key_forms import RotateForm
from partners.models import ApiKey
from partners.returning import way_back

_MOST_AT_ONCE = 50


class KeyPages(admin.ModelAdmin[ApiKey]):
    """The base of the keys' admin: what it has beyond a list and a form."""

    tells_of_patients = False
    actions = ("rotate_selected", "revoke_selected")

    def get_urls(self) -> list[URLPattern]:
        """Two pages more, before Django's own, whose last pattern takes anything."""
        pages: list[tuple[str, Callable[..., Any]]] = [
            ("rotate", self.rotate_view),
            ("revoke", self.revoke_view),
        ]
        return [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"partners_apikey_{name}")
            for name, view in pages
        ] + super().get_urls()

    @admin.action(description="Rotate the selected API keys", permissions=["rotate"])
    def rotate_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """On to the page that asks for the overlap."""
        return self._to_page("rotate", queryset)

    @admin.action(description="Revoke the selected API keys", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """On to the page that asks whether one is sure."""
        return self._to_page("revoke", queryset)

    def has_rotate_permission(self, request: HttpRequest) -> bool:
        """Rotating ends one key and makes another."""
        return self.has_change_permission(request) and self.has_add_permission(request)

    def rotate_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the overlap; then rotate, and show the new keys this once."""
        if not self.has_rotate_permission(request):
            raise PermissionDenied
        chosen, now = self._chosen(request), timezone.now()
        ready = [key for key in chosen if key.status(now) == ApiKey.Status.ACTIVE]
        form = RotateForm(request.POST or None)
        if not ready:
            messages.warning(request, "Only active keys can be rotated.")
            return self._to_list(request)
        if request.method == "POST" and form.is_valid():
            issued = list(self._rotated(request, ready, form.cleaned_data["overlap"]))
            return self.reveal(request, issued) if issued else self._to_list(request)
        return self._page(request, "rotate", ready, chosen, form=form)

    def revoke_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether one is sure; then revoke."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        chosen = self._chosen(request)
        ready = [key for key in chosen if key.revoked_at is None]
        if not ready:
            messages.warning(request, "Nothing to revoke there.")
            return self._to_list(request)
        if request.method != "POST":
            return self._page(request, "revoke", ready, chosen)
        for key in ready:
            if revoke_key(key=key, now=timezone.now()):
                self.log_change(request, key, "Revoked.")
        names = ", ".join(map(str, ready))
        messages.success(request, f"Revoked: {names}. Refused from the next request on.")
        return self._to_list(request)

    def reveal(self, request: HttpRequest, issued: Sequence[IssuedKey]) -> HttpResponse:
        """The one page that shows a key's text, as the answer to the very POST that made it."""
        title = "Your new API key" if len(issued) == 1 else f"{len(issued)} new API keys"
        context = {**self._context(request), "title": title, "issued": issued}
        response = TemplateResponse(request, "admin/partners/apikey/reveal.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def _rotated(
        self, request: HttpRequest, ready: Sequence[ApiKey], overlap: Any
    ) -> Iterable[IssuedKey]:
        for key in ready:
            try:
                issued = rotate_key(key=key, overlap=overlap, now=timezone.now())
            except KeyIsRevoked as refusal:
                messages.warning(request, str(refusal))
                continue
            self.log_change(request, key, f"Rotated: {issued.key.lookup_id} takes its place.")
            self.log_addition(request, issued.key, f"Takes the place of {key.lookup_id}.")
            yield issued

    def _chosen(self, request: HttpRequest) -> list[ApiKey]:
        ids = request.POST.getlist("key") or request.GET.getlist("key")
        numbers = [int(pk) for pk in ids[:_MOST_AT_ONCE] if pk.isascii() and pk.isdigit()]
        keys = ApiKey.objects.select_related("partner", "practice")
        return list(keys.filter(pk__in=[n for n in numbers if n < 2**63]))

    def _page(
        self,
        request: HttpRequest,
        name: str,
        ready: Sequence[ApiKey],
        chosen: Sequence[ApiKey],
        **more: Any,
    ) -> HttpResponse:
        now = timezone.now()
        what = str(ready[0]) if len(ready) == 1 else f"{len(ready)} API keys"
        context = {
            **self._context(request),
            "title": f"{name.capitalize()} {what}?",
            "rows": [(key, key_badge(key, now)) for key in ready],
            "left_out": len(chosen) - len(ready),
            **more,
        }
        return TemplateResponse(request, f"admin/partners/apikey/{name}.html", context)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "back": self._back(request),
        }

    def _to_page(self, name: str, queryset: Any) -> HttpResponse:
        numbers = queryset.values_list("pk", flat=True)[:_MOST_AT_ONCE]
        query = "&".join(f"key={number}" for number in numbers)
        return HttpResponseRedirect(f"{reverse(f'admin:partners_apikey_{name}')}?{query}")

    def _to_list(self, request: HttpRequest) -> HttpResponse:
        return redirect(self._back(request))

    def _back(self, request: HttpRequest) -> str:
        return way_back(request, reverse("admin:partners_apikey_changelist"))

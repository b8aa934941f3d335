"""Practices, partners and keys in the admin."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import F, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.badges import badge, key_badge
from partners.filters import KindFilter, PartnerFilter, PracticeFilter, StateFilter, StatusFilter
from partners.history import Change, HistoryPageMixin, of_row
from partners.issuing import IssuedKey, issue_key
from partners.key_forms import ApiKeyForm, NewApiKeyForm
from partners.key_owners import KeyOwnerAdmin, PracticeForm
from partners.key_pages import KeyPages
from partners.models import ApiKey, Partner, PartnerEvent, Practice
from partners.returning import LeadsBackMixin, way_back
from partners.scopes import in_short


@admin.register(Practice)
class PracticeAdmin(KeyOwnerAdmin):
    """Tenants. Its PPass is part of addresses that partners have stored, so it stays."""

    form = PracticeForm
    key_filter = "ppass"
    list_display = ["ppass", "name", "time_zone", "kind", "state", "keys"]
    list_filter = [StateFilter, KindFilter]
    search_fields = ["ppass", "name"]
    search_help_text = "By PPass or name."
    ordering = ["ppass"]
    fields = ["ppass", "name", "time_zone", "is_sandbox", "is_active", "created_at"]
    readonly_fields = ["created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What its keys and addresses are made of is chosen once."""
        return ["ppass", "kind", "created_at"] if obj else ["created_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of one that exists, the kind is told rather than ticked."""
        fields = super().get_fields(request, obj)
        return ["kind" if obj and name == "is_sandbox" else name for name in fields]

    @admin.display(description="kind", ordering="is_sandbox")
    def kind(self, practice: Practice) -> SafeString:
        """Live or sandbox."""
        return badge("info", "sandbox") if practice.is_sandbox else badge("off", "live")


@admin.register(Partner)
class PartnerAdmin(LeadsBackMixin, HistoryPageMixin, KeyOwnerAdmin):
    """Outside companies. History shows what they changed of themselves, too."""

    key_filter = "partner"
    list_display = ["name", "company_name", "contact_name", "email", "state", "keys"]
    list_filter = [StateFilter]
    search_fields = ["name", "company_name", "contact_name", "email"]
    search_help_text = "By name, company, contact or e-mail."
    ordering = ["name"]
    readonly_fields = ["created_at"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def changes_of(self, row: Any) -> list[Change]:
        """Of its profile and its state."""
        return of_row(row, PartnerEvent)


@admin.register(ApiKey)
class ApiKeyAdmin(LeadsBackMixin, KeyPages):
    """Keys: made here, shown once, changed, rotated, revoked; never deleted, moved or read."""

    list_display = ["title", "partner", "practice", "state", "may", "last_used_at"]
    list_filter = [StatusFilter, PracticeFilter, PartnerFilter]
    list_select_related = ["partner", "practice"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name", "=lookup_id", "partner__name", "practice__ppass"]
    search_help_text = "By name, 8-character id, partner or PPass."
    autocomplete_fields = ["partner", "practice"]
    change_form_template = "admin/partners/apikey/change_form.html"

    class Media:
        js = ["partners/keys.js"]

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """What a key did must stay explainable: revoke it instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A revoked key is history."""
        is_over = obj is not None and obj.revoked_at is not None
        return not is_over and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """What is kept of the key itself stays in the database."""
        return super().get_queryset(request).defer("digest", "pepper")

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A key to come has more to choose."""
        kwargs["form"] = ApiKeyForm if change else NewApiKeyForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Whose and where first; on a key that exists, its story too."""
        editable = ["name", "scopes", "allowed_networks", "rate_limit", "expires_at"]
        if obj is None:
            return ["partner", "practice", *editable, "key_id"]
        story = ["lookup_id", "state", "partner", "practice"]
        return [*story, *editable, "created_at", "last_used_at", "successor"]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """A key stays with its partner and practice."""
        if obj is None:
            return []
        return [
            "lookup_id",
            "state",
            "partner",
            "practice",
            "created_at",
            "last_used_at",
            "successor",
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form; sent a second time it leads to the key that it made the first time."""
        if object_id is not None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            return self._made_before(request) or super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except (IntegrityError, ValidationError):  # both came at once
            if (answer := self._made_before(request)) is None:
                raise
            return answer

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Say whether there is anything to rotate."""
        key = context["original"]
        is_active = key is not None and key.status(timezone.now()) == ApiKey.Status.ACTIVE
        context["can_rotate"] = is_active and self.has_rotate_permission(request)
        back = way_back(request, "")
        context["onward"] = f"&{urlencode({'next': back})}" if back else ""
        return super().render_change_form(request, context, *args, **kw)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool
    ) -> None:
        """A new key is issued, and its text kept until `response_add` has shown it."""
        if change:
            super().save_model(request, obj, form, change)
            return
        issued = issue_key(
            partner=obj.partner,
            practice=obj.practice,
            name=obj.name,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
            allowed_networks=obj.allowed_networks,
            rate_limit=obj.rate_limit,
            lookup_id=form.cleaned_data["key_id"],
        )
        obj.pk, obj.lookup_id = issued.key.pk, issued.key.lookup_id
        request.issued_key = issued  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, instead of going back to the list."""
        issued: IssuedKey = request.issued_key  # type: ignore[attr-defined]
        return self.reveal(request, [issued])

    def _made_before(self, request: HttpRequest) -> HttpResponse | None:
        key = ApiKey.objects.filter(lookup_id=request.POST.get("key_id", "")).first()
        if key is None or not self.has_add_permission(request):
            return None
        messages.warning(
            request,
            f"This form was sent before. It made the key {key}, which was shown then;"
            " if it is lost, rotate it.",
        )
        return redirect("admin:partners_apikey_change", key.pk)

    @admin.display(description="state", ordering=F("revoked_at").desc(nulls_last=True))
    def state(self, key: ApiKey) -> SafeString:
        """What the key is good for now."""
        return key_badge(key, timezone.now())

    @admin.display(description="key", ordering="name")
    def title(self, key: ApiKey) -> SafeString:
        """Its name, and the id that is part of the key."""
        return format_html('{} <span class="remark">{}</span>', key.name, key.lookup_id)

    @admin.display(description="scopes")
    def may(self, key: ApiKey) -> str:
        """What it may do, in short."""
        return in_short(key.scopes)

    @admin.display(description="replaced by")
    def successor(self, key: ApiKey) -> str | SafeString:
        """The key that took its place."""
        if key.replaced_by is None:
            return "–"
        url = reverse("admin:partners_apikey_change", args=[key.replaced_by_id])
        return format_html('<a href="{}">{}</a>', url, key.replaced_by)

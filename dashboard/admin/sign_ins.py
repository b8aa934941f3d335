"""Who tried to sign in, as the lock-out keeps it. Deleting an attempt frees the name."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from dashboard.admin.reading import ReadOnlyMixin
from partners.badges import badge
from partners.filters import AgeFilter


class WhenFilter(AgeFilter):
    """By how long ago it was."""

    field = "attempt_time"


class SignInAdmin(ReadOnlyMixin, admin.ModelAdmin[Any]):
    """Rows that happen by themselves."""

    tells_of_patients = False
    list_filter = [WhenFilter]
    search_fields = ["username", "ip_address"]
    search_help_text = "By name or address."
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/partners/without_tools.html"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Whose it was, and when."""
        row = context["original"]
        context["subtitle"] = f"{row.username}, {self.time(row)}"
        return super().render_change_form(request, context, *args, **kw)

    @admin.display(description="time (UTC)", ordering="attempt_time")
    def time(self, row: Any) -> str:
        """To the second."""
        return f"{row.attempt_time:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="signed out (UTC)")
    def signed_out(self, row: AccessLog) -> str:
        """If they did, and did not just leave."""
        return f"{row.logout_time:%Y-%m-%d %H:%M:%S}" if row.logout_time else "–"

    @admin.display(description="state")
    def state(self, row: Any) -> SafeString:
        """Whether the name can try again."""
        if isinstance(row, AccessAttempt):
            left = settings.AXES_FAILURE_LIMIT - row.failures_since_start
            is_locked, remark = left <= 0, f"{max(left, 0)} tries left"
        else:
            is_locked, remark = row.locked_out, ""
        return badge("bad", "locked out") if is_locked else badge("off", "wrong", remark)


@admin.register(AccessAttempt)
class AttemptAdmin(SignInAdmin):
    """Wrong passwords since the last right one, by name and address."""

    list_display = ["username", "ip_address", "state", "time"]
    fields = ["username", "ip_address", "state", "failures_since_start", "time", "user_agent"]

    def render_delete_form(self, request: HttpRequest, context: Any) -> Any:
        """Under the name that it frees."""
        context["subtitle"] = f"the attempt of {context['object'].username}"
        return super().render_delete_form(request, context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever was locked out by mistake is let in again."""
        return bool(request.user.has_perm("axes.delete_accessattempt"))


@admin.register(AccessFailureLog)
class FailureAdmin(SignInAdmin):
    """Each wrong one."""

    list_display = ["time", "username", "ip_address", "state"]
    fields = ["time", "username", "ip_address", "state", "user_agent"]


@admin.register(AccessLog)
class SignInLogAdmin(SignInAdmin):
    """Each right one."""

    list_display = ["time", "username", "ip_address", "signed_out"]
    fields = ["time", "username", "ip_address", "signed_out", "user_agent"]

"""What staff see when something is not for them, or not there: why, and the way back."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.csrf import csrf_failure

from dashboard.staff_groups import GROUPS
from emrapi.api import errors
from partners import audit
from partners.middleware import STAFF_PATHS

_MOST_NAMES = 5
_VERBS = {"changelist": "see", "history": "see", "change": "see", "add": "add", "delete": "delete"}


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler403: for staff a page, and a line in the audit log; for programs a problem."""
    if not request.path_info.startswith(STAFF_PATHS):
        return errors.forbidden(request, exception)
    audit.note(request, audit.Action.REFUSED, detail=f"{request.method} {request.path_info}")
    return _page(
        request,
        403,
        title="Not for your account",
        said=f"Your account may not {_what(request)}.",
        administrators=_administrators() if request.user.is_authenticated else [],
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404: the same, of what is not there. Whoever reads gets a page elsewhere, too."""
    if not request.path_info.startswith(STAFF_PATHS):
        is_read = "text/html" in request.headers.get("Accept", "")
        if is_read and not request.path_info.startswith("/v1/"):
            return render(request, "emrapi/not_found.html", status=404)
        return errors.not_found(request, exception)
    return _page(
        request,
        404,
        title="Not here",
        said="There is no such page, or what it was about is gone.",
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """CSRF_FAILURE_VIEW: a form from before one signed in, or from elsewhere."""
    if not request.path_info.startswith(STAFF_PATHS):
        return csrf_failure(request, reason)
    return _page(
        request,
        403,
        title="This form is out of date",
        said="Nothing was saved. Go back, reload the page, and send it again.",
    )


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: too many wrong passwords."""
    return _page(
        request,
        429,
        title="Locked for a while",
        said="There were too many wrong passwords. Try again in a quarter of an hour, or ask an"
        " administrator.",
    )


def _page(request: HttpRequest, status: int, **said: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False, **said}
    return render(request, "dashboard/refused.html", context, status=status)


def _what(request: HttpRequest) -> str:
    """What was asked for, in words."""
    name = getattr(request.resolver_match, "url_name", None) or ""
    is_reading = request.method == "GET"
    for model in apps.get_models():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            page = name.removeprefix(prefix)
            verb = _VERBS.get(page, "do this with")
            verb = "change" if page == "change" and not is_reading else verb
            return f"{verb} {capfirst(model._meta.verbose_name_plural)}"
    return "open this page" if is_reading else "do this"


def _administrators() -> list[str]:
    """Whom to ask."""
    users = get_user_model().objects.filter(
        Q(is_superuser=True) | Q(groups__name=GROUPS[-1]), is_active=True, is_staff=True
    )
    names = users.order_by("username").values_list("username", flat=True).distinct()
    return list(names[:_MOST_NAMES])

"""Public pages: ask for access, confirm the address, and get the key, once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from emrapi.api.addresses import client_address
from partners import access, throttling
from partners.access_forms import AccessRequestForm
from partners.models import AccessRequest
from partners.tasks import wake_letters
from partners.tenancy import STAFF, acting_as

# Links opened and buttons pressed, for one address.
_TRIES_A_MINUTE = 20

_LinkView = Callable[[HttpRequest, str], HttpResponse]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request: HttpRequest) -> HttpResponse:
    """The form. What it answers does not depend on who is known here."""
    form = AccessRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = client_address(request)
        allowance = throttling.count("access-request", address, settings.ACCESS_REQUEST_RATE_LIMIT)
        if allowance.is_exceeded:
            return _too_often(request, allowance, "ask", form=form, is_too_often=True)
        if not form.is_from_a_robot:
            with transaction.atomic():
                access.ask(**form.request(), address=address or None)
                wake_letters()
        return redirect("access-asked")
    return _page(request, "ask", status=400 if form.errors else 200, form=form)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return _page(request, "asked")


def _rationed(view: _LinkView) -> _LinkView:
    """Links cannot be guessed; this keeps the tries from being a load."""

    @wraps(view)
    def rationed(request: HttpRequest, token: str) -> HttpResponse:
        allowance = throttling.count("access-link", client_address(request), _TRIES_A_MINUTE)
        if allowance.is_exceeded:
            return _too_often(request, allowance, "too_often")
        return view(request, token)

    return rationed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_rationed
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button; pressed, the address is confirmed."""
    try:
        with acting_as(STAFF):
            if request.method == "POST":
                access.confirm(token=token, now=timezone.now())
                wake_letters()
                return _page(request, "confirmed")
            found = access.find(token, AccessRequest.Status.UNCONFIRMED, timezone.now())
            return _page(request, "confirm", asker=found)
    except access.LinkIsDead:
        return _page(request, "dead", status=410)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_rationed
def key(request: HttpRequest, token: str) -> HttpResponse:
    """A button; pressed, the key is made and shown in this one answer."""
    try:
        with acting_as(STAFF, access_request="key shown"):
            if request.method == "POST":
                return _page(request, "key", issued=access.reveal(token=token, now=timezone.now()))
            found = access.find(token, AccessRequest.Status.APPROVED, timezone.now())
            return _page(request, "key_ready", asker=found)
    except access.LinkIsDead:
        return _page(request, "dead", status=410)


def _too_often(
    request: HttpRequest, allowance: throttling.Allowance, name: str, **context: Any
) -> HttpResponse:
    response = _page(request, name, status=429, seconds=allowance.reset, **context)
    response["Retry-After"] = str(allowance.reset)
    return response


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"partners/access/{name}.html", context, status=status)

"""Who asks to come in: the list, and the page on which staff decide."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from dashboard import choices, lists, pages
from dashboard.access_forms import ApproveForm, DenyForm
from partners import access
from partners.badges import badge
from partners.models import AccessRequest
from partners.tasks import wake_letters

_VIEW, _CHANGE, _ISSUE = (
    "partners.view_accessrequest",
    "partners.change_accessrequest",
    "partners.add_apikey",
)
_TONES = {"pending": "warn", "approved": "good", "denied": "bad", "unconfirmed": "off"}


@pages.staff_page(_VIEW)
def show_requests(request: HttpRequest) -> HttpResponse:
    """The list; those that wait for a decision unless another status is asked for."""
    status = request.GET.get("status", AccessRequest.Status.PENDING)
    rows = AccessRequest.objects.order_by("-id")
    if status in AccessRequest.Status:
        rows = rows.filter(status=status)
    query = partial(choices.address, status=status)
    page = lists.page(rows, request.GET, query)
    context = {
        "page": page,
        "lines": [(each, _badge(each)) for each in page.rows],
        "status": status,
        "statuses": [*AccessRequest.Status.choices, ("all", "All")],
    }
    return pages.show(
        request,
        "dashboard/access_requests.html",
        context,
        title="API Access Requests",
        live="dashboard/access_requests_live.html",
    )


@pages.staff_page(_VIEW)
def show_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, and what may be done with it."""
    return _shown(request, _found(pk))


@require_POST
@pages.staff_page(_CHANGE)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the key and have the letter sent."""
    if not request.user.has_perm(_ISSUE):
        raise PermissionDenied
    found = _found(pk)
    form = ApproveForm(found, request.POST)
    if not form.is_valid():
        return _shown(request, found, approve=form)
    try:
        key = access.approve(
            request=found, by=request.user.get_username(), now=timezone.now(), **form.cleaned_data
        )
    except ValidationError as error:
        form.tell(error)
        return _shown(request, found, approve=form)
    except access.AlreadyDecided:
        return _too_late(request, pk)
    wake_letters()
    _note(request, found, f"Approved: key {key.pk} for {key.partner} at {key.practice}.")
    messages.success(request, f"Approved. {found.email} gets a link that shows the key once.")
    return redirect("dashboard:access_request", pk)


@require_POST
@pages.staff_page(_CHANGE)
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, with the reason."""
    found, form = _found(pk), DenyForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, deny=form)
    try:
        access.deny(
            request=found,
            reason=form.cleaned_data["reason"],
            by=request.user.get_username(),
            now=timezone.now(),
        )
    except access.AlreadyDecided:
        return _too_late(request, pk)
    wake_letters()
    _note(request, found, "Denied.")
    messages.success(request, f"Denied. {found.email} is told why.")
    return redirect("dashboard:access_request", pk)


@require_POST
@pages.staff_page(_CHANGE)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter with a new link; the one before ends."""
    found = _found(pk)
    if access.send_again(request=found, now=timezone.now()):
        wake_letters()
        _note(request, found, "Sent another link.")
        messages.success(request, f"{found.email} gets another link; the one before is dead.")
    else:
        messages.warning(request, "There is no link to send.")
    return redirect("dashboard:access_request", pk)


def _found(pk: int) -> AccessRequest:
    try:
        return AccessRequest.objects.select_related("api_key__partner", "api_key__practice").get(
            pk=pk
        )
    except AccessRequest.DoesNotExist:
        raise Http404 from None


def _shown(request: HttpRequest, found: AccessRequest, **forms: Any) -> HttpResponse:
    is_pending = found.status == AccessRequest.Status.PENDING
    may_decide = is_pending and request.user.has_perm(_CHANGE)
    waits_for_link = found.revealed_at is None and found.status in ("unconfirmed", "approved")
    context = {
        "asker": found,
        "badge": _badge(found),
        "approve": may_decide
        and request.user.has_perm(_ISSUE)
        and (forms.get("approve") or ApproveForm(found)),
        "deny": may_decide and (forms.get("deny") or DenyForm()),
        "may_send_again": waits_for_link and request.user.has_perm(_CHANGE),
    }
    return pages.show(
        request,
        "dashboard/access_request.html",
        context,
        title=f"{found.company} asks for access",
        live="dashboard/access_request.html",
    )


def _too_late(request: HttpRequest, pk: int) -> HttpResponse:
    messages.warning(request, "This request is not waiting for a decision; see below.")
    return redirect("dashboard:access_request", pk)


def _badge(found: AccessRequest) -> Any:
    return badge(_TONES[found.status], found.status)


def _note(request: HttpRequest, found: AccessRequest, message: str) -> None:
    """In the admin's log: who decided."""
    LogEntry.objects.log_actions(
        str(request.user.pk), [found], CHANGE, change_message=message, single_object=True
    )

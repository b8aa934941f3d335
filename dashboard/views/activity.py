"""Recent activity: single calls, a page of them or a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from dashboard import activity, choices, csv_files, pages, usage
from dashboard.choices import Choice, name_of
from dashboard.endpoints import NO_PATH, breakable, parts
from dashboard.models import ApiCall
from dashboard.overview import milliseconds
from dashboard.ranges import RANGES
from partners import audit

_PAGE = 50
_MOST_IN_FILE = 20_000
_MOST_ENDPOINTS = 200
_COLUMNS = (
    "Time (UTC)", "Method", "Endpoint", "Status", "Duration (ms)", "Practice", "Partner", "IP",
    "Request id", "Bytes in", "Bytes out",
)  # fmt: skip
_STATUSES = (
    ("2", "2xx done"), ("4", "4xx refused"), ("5", "5xx failed"), ("400", "400 bad request"),
    ("401", "401 not signed in"), ("403", "403 not allowed"), ("404", "404 not found"),
    ("409", "409 conflict"), ("422", "422 other content"), ("429", "429 too many"),
    ("500", "500 our fault"), ("503", "503 unavailable"),
)  # fmt: skip
_TONES = {2: "good", 3: "info", 4: "warn", 5: "bad"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A call as the page shows it."""

    call: ApiCall
    path: SafeString
    tone: str
    took: str
    practice: str
    partner: str
    url: str


@pages.staff_page("dashboard.view_apicall")
def show_activity(request: HttpRequest) -> HttpResponse:
    """The newest calls that fit the filters, or those before a place."""
    now = timezone.now()
    choice, filters = _asked(request)
    before = activity.Place.read(request.GET.get("before", ""))
    calls = activity.page(filters, before=before, size=_PAGE + 1, now=now)
    kept = {"status": filters.status, "endpoint": filters.endpoint, "find": filters.found}
    kept["until"] = f"{filters.until:%Y-%m-%dT%H:%M}" if filters.until else ""
    context = {
        "now": now,
        "choice": choice,
        "filters": filters,
        "until": kept["until"],
        "statuses": _STATUSES,
        "faults": [*choice.faults, *filters.faults],
        "is_newest": before is None,
        "lines": _lines(calls[:_PAGE], choice),
        "newest": "?" + choice.query(**kept),
        "older": "?" + choice.query(**kept, before=activity.place(calls[_PAGE - 1]))
        if len(calls) > _PAGE
        else "",
        "file": f"{reverse('dashboard:activity_file')}?{choice.query(**kept)}",
        "most_in_file": f"{_MOST_IN_FILE:,}",
    }
    if not request.headers.get(pages.LIVE_HEADER):
        context["endpoints"] = _endpoints(filters.endpoint)
    return pages.show(
        request,
        "dashboard/activity.html",
        context,
        title="Recent Activity",
        live="dashboard/activity_live.html",
    )


@pages.staff_page("dashboard.view_apicall")
def download_activity(request: HttpRequest) -> HttpResponse:
    """The newest calls that fit the filters, as a file."""
    now = timezone.now()
    choice, filters = _asked(request)
    calls = activity.pages(filters, most=_MOST_IN_FILE, size=2000, now=now)
    practices, partners = choice.practice_names, choice.partner_names
    rows = [
        (
            call.at,
            call.method,
            call.path,
            call.status,
            call.duration_ms,
            name_of(practices, call.practice_id),
            name_of(partners, call.partner_id),
            call.ip,
            call.request_id,
            call.bytes_in,
            call.bytes_out,
        )
        for call in calls
    ]
    audit.note(request, audit.Action.EXPORTED, ApiCall, detail=audit.counted(len(rows)))
    return csv_files.download("activity", _COLUMNS, rows, now=now)


def _asked(request: HttpRequest) -> tuple[Choice, activity.Filters]:
    choice = choices.read(request.GET)
    whose = choice.whose
    filters = activity.Filters.read(
        request.GET.dict(), practice_id=whose.practice_id, partner_id=whose.partner_id
    )
    return choice, filters


def _endpoints(chosen: str) -> list[tuple[str, str]]:
    """What can be chosen: what was called lately, and what is chosen."""
    span = RANGES["30d"].span(timezone.now())
    known = {name for name, _ in usage.endpoints(usage.EVERYBODY, span, most=_MOST_ENDPOINTS)}
    options = {name or NO_PATH: " ".join(reversed(parts(name))) for name in known}
    if chosen:
        options.setdefault(chosen, " ".join(reversed(parts(chosen))))
    return sorted(options.items(), key=lambda option: option[1])


def _lines(calls: Sequence[ApiCall], choice: Choice) -> list[Line]:
    practices, partners = choice.practice_names, choice.partner_names
    return [
        Line(
            call=call,
            path=breakable(call.path),
            tone=_TONES.get(call.status // 100, "off"),
            took=milliseconds(call.duration_ms),
            practice=name_of(practices, call.practice_id),
            partner=name_of(partners, call.partner_id),
            url=reverse("admin:dashboard_apicall_change", args=[call.pk]),
        )
        for call in calls
    ]

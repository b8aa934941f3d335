"""The staff calendar."""

import datetime
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from dashboard import calendar, drawing, pages
from dashboard.board import Column
from partners import audit
from partners.models import Practice
from scheduling.models import Provider, Visit

_KEPT, _NOTED = "calendar_practice", "calendar_noted"
# Seconds. The page brings itself up to date every minute.
_NOTED_FOR = 15 * 60
_FIRST, _LAST = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)
_STEPS = {"day": datetime.timedelta(days=1), "week": datetime.timedelta(days=7)}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody wants to see. What they wrote that makes no sense is in `faults`."""

    practice: Practice
    date: datetime.date
    today: datetime.date
    view: str
    provider_id: int | None
    faults: Sequence[str]

    def address(self, **changed: Any) -> str:
        """The page with something else chosen; ids and dates only, nobody's name."""
        facts = {
            "practice": self.practice.ppass,
            "view": self.view,
            "date": self.date,
            "provider": self.provider_id,
            **changed,
        }
        return "?" + urlencode({name: value for name, value in facts.items() if value is not None})

    @property
    def first(self) -> datetime.date:
        """The day, or the Monday of its week."""
        if self.view == "day":
            return self.date
        return self.date - datetime.timedelta(days=self.date.weekday())

    @property
    def last(self) -> datetime.date:
        """The last day that is shown."""
        return self.first + _STEPS[self.view] - _STEPS["day"]


@pages.staff_page("scheduling.view_visit")
def show_calendar(request: HttpRequest) -> HttpResponse:
    """A day or a week of a practice, by its own clock."""
    now = timezone.now()
    practices = list(Practice.objects.all())
    choice = _chosen(request, practices, now)
    context: dict[str, Any] = {"practices": practices, "choice": choice}
    if choice:
        request.session[_KEPT] = choice.practice.ppass
        context |= _drawn(request, choice, now)
    return pages.show(
        request,
        "dashboard/calendar.html",
        context,
        title="Calendar",
        live="dashboard/calendar_board.html",
    )


def _drawn(request: HttpRequest, choice: Choice, now: datetime.datetime) -> dict[str, Any]:
    read = calendar.read(practice=choice.practice, first=choice.first, last=choice.last, now=now)
    provider = next((p for p in read.providers if p.pk == choice.provider_id), None)
    second = math.floor(now.timestamp())
    drawn = (
        drawing.day(read, date=choice.date, provider=provider, now=second)
        if choice.view == "day"
        else drawing.week(read, monday=choice.first, provider=provider, now=second)
    )
    _note(request, choice, sum(entry.kind == calendar.Kind.VISIT for entry in read.entries))
    return {
        "board": drawn,
        "columns": [(column, _link(choice, column)) for column in drawn.columns],
        "providers": read.providers,
        "provider": provider,
        "heading": _heading(choice),
        "visit_page": _visit_page(),
        "new_visit": _new_visit(request, choice),
        "links": _links(choice, provider),
    }


def _note(request: HttpRequest, choice: Choice, visits: int) -> None:
    """In the audit log, once while somebody keeps looking at the same days."""
    days = [choice.practice.pk, str(choice.first), str(choice.last)]
    known, until = request.session.get(_NOTED, ([], 0))
    if known == days and time.time() < until:
        return
    request.session[_NOTED] = (days, time.time() + _NOTED_FOR)
    audit.note(
        request,
        audit.Action.LISTED,
        Visit,
        practice_id=choice.practice.pk,
        detail=f"calendar, {choice.first} to {choice.last}, {visits} visits",
    )


def _links(choice: Choice, provider: Provider | None) -> dict[str, str]:
    step, who = _STEPS[choice.view], provider.pk if provider else None
    return {
        "previous": choice.address(date=max(choice.date - step, _FIRST), provider=who),
        "today": choice.address(date=choice.today, provider=who),
        "next": choice.address(date=min(choice.date + step, _LAST), provider=who),
        "day": choice.address(view="day", provider=who),
        "week": choice.address(view="week", provider=who),
    }


def _link(choice: Choice, column: Column) -> str:
    """From a provider's day to his week, from a day of the week to that day."""
    if choice.view == "week":
        return choice.address(view="day", date=column.date, provider=None)
    return choice.address(view="week", provider=column.provider.pk if column.provider else None)


def _heading(choice: Choice) -> str:
    first, last = choice.first, choice.last
    if choice.view == "day":
        return f"{first:%A}, {first:%B} {first.day}, {first.year}"
    start = f"{first:%B} {first.day}" + (f", {first.year}" if first.year != last.year else "")
    end = f"{last.day}" if first.month == last.month else f"{last:%B} {last.day}"
    return f"{start} – {end}, {last.year}"


def _visit_page() -> str:
    """The admin's list of visits, if it has one, to which a visit's number is added."""
    if not admin.site.is_registered(Visit):
        return ""
    return reverse("admin:scheduling_visit_changelist")


def _new_visit(request: HttpRequest, choice: Choice) -> str:
    """Where a visit is booked, which then leads back here; '' for who may not."""
    if not _visit_page() or not request.user.has_perm("scheduling.add_visit"):
        return ""
    back = f"{request.path}{choice.address(provider=choice.provider_id)}"
    return f"{reverse('admin:scheduling_visit_add')}?{urlencode({'next': back})}"


def _chosen(
    request: HttpRequest, practices: Sequence[Practice], now: datetime.datetime
) -> Choice | None:
    """What the address asks for; the practice seen last, and today, unless it says."""
    if not practices:
        return None
    asked, faults = request.GET, []
    named = {practice.ppass.lower(): practice for practice in practices}
    wanted = asked.get("practice", "")
    practice = named.get(wanted.lower())
    if wanted and practice is None:
        faults.append("There is no such practice.")
    practice = practice or named.get(str(request.session.get(_KEPT)).lower()) or practices[0]
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    date = _date(asked["date"]) if asked.get("date") else today
    if date is None:
        faults.append("That is not a date between 1900 and 2199; this is today.")
    provider = asked.get("provider", "")
    return Choice(
        practice=practice,
        date=date or today,
        today=today,
        view="week" if asked.get("view") == "week" else "day",
        provider_id=int(provider) if provider.isascii() and provider.isdigit() else None,
        faults=faults,
    )


def _date(text: str) -> datetime.date | None:
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return date if _FIRST <= date <= _LAST else None

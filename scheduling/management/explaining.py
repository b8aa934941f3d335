"""Why a time is not free, in sentences and with the rows that stand against it."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from scheduling.availability import Rules
from scheduling.calendars import Asked
from scheduling.claims import to_range
from scheduling.hours import DAY, MINUTE, WeeklySpan, day_start, to_wall, working_spans
from scheduling.models import (
    CalendarRules,
    Closure,
    Hold,
    Provider,
    TimeOff,
    Visit,
    VisitType,
    WeeklyHours,
)
from scheduling.spans import Span


@dataclass(frozen=True, kw_only=True)
class Question:
    """A visit that somebody would have liked to begin at an instant."""

    asked: Asked
    provider: Provider
    visit_type: VisitType | None
    start: int

    @property
    def visit(self) -> Span:
        """From its beginning to its end."""
        return self.start, self.start + self.asked.minutes * MINUTE

    @property
    def busy(self) -> Span:
        """The same with the buffers of the type."""
        kind = self.visit_type
        if kind is None:
            return self.visit
        start, end = self.visit
        return (
            start - kind.buffer_before_minutes * MINUTE,
            end + kind.buffer_after_minutes * MINUTE,
        )


def explain(question: Question, reasons: Iterable[str]) -> list[dict[str, Any]]:
    """For each reason of `calendars.examine`: `{"reason", "because": [sentence, …]}`."""
    return [{"reason": name, "because": list(_SENTENCES[name](question))} for name in reasons]


def clock(asked: Asked, span: Any, near: int) -> str:
    """A range as the practice's clock shows it; the date only where it is another than `near`'s."""
    day = to_wall(asked.zone, near).date()
    walls = (moment.astimezone(asked.zone) for moment in (span.lower, span.upper))
    return "–".join(f"{w:%H:%M}" if w.date() == day else f"{w:%Y-%m-%d %H:%M}" for w in walls)


def _past(_: Question) -> Iterator[str]:
    yield "It is over."


def _notice(question: Question) -> Iterator[str]:
    minutes = _rules(question).minimum_notice_minutes
    yield f"The practice wants {minutes} minutes' notice."


def _horizon(question: Question) -> Iterator[str]:
    days = _rules(question).horizon_days
    yield f"The practice can be booked {days} days ahead and no further."


def _provider(question: Question) -> Iterator[str]:
    if not question.provider.is_active:
        yield f"{question.provider.name} is switched off."
    elif question.visit_type and not question.visit_type.is_active:
        yield f"{question.visit_type.name} is switched off."
    elif question.visit_type:
        yield f"{question.provider.name} does not give {question.visit_type.name}."


def _hours(question: Question) -> Iterator[str]:
    zone = question.asked.zone
    today = to_wall(zone, question.start).date()
    begins = day_start(zone, today)
    week = [
        WeeklySpan.between(*row)
        for row in WeeklyHours.objects.filter(
            practice_id=question.asked.practice_id, provider=question.provider
        ).values_list("weekday", "opens", "closes", "valid_from", "valid_until")
    ]
    spans = [to_range(span) for span in working_spans(zone, week, (begins, begins + DAY))]
    hours = ", ".join(clock(question.asked, span, question.start) for span in spans)
    yield f"The hours of that day are {hours}." if hours else "There are no hours on that day."


def _closure(question: Question) -> Iterator[str]:
    rows = Closure.objects.filter(
        practice_id=question.asked.practice_id, during__overlap=to_range(question.visit)
    )
    for row in rows.order_by("during"):
        when = clock(question.asked, row.during, question.start)
        yield f"The practice is closed {when}{_for(row.reason)}."


def _time_off(question: Question) -> Iterator[str]:
    rows = TimeOff.objects.filter(
        practice_id=question.asked.practice_id,
        provider=question.provider,
        during__overlap=to_range(question.visit),
    )
    for row in rows.order_by("during"):
        yield f"Time off {clock(question.asked, row.during, question.start)}{_for(row.reason)}."


def _visit(question: Question) -> Iterator[str]:
    rows = _standing_visits(question).filter(
        provider=question.provider, provider_busy__overlap=to_range(question.busy)
    )
    for row in rows.order_by("provider_busy"):
        when = clock(question.asked, row.provider_busy, question.start)
        yield f"Visit {row.pk} takes the provider {when}."
    if question.busy != question.visit:
        yield "Buffers of the type count, before and after."


def _hold(question: Question) -> Iterator[str]:
    rows = _live_holds(question).filter(
        provider=question.provider, provider_busy__overlap=to_range(question.busy)
    )
    for row in rows.order_by("provider_busy"):
        when = clock(question.asked, row.provider_busy, question.start)
        yield f"Hold {row.pk} keeps {when}; it expires at {_moment(question, row.expires_at)}."


def _room(question: Question) -> Iterator[str]:
    kind = question.visit_type
    if kind is None:
        return
    during = to_range(question.visit)
    visits = _standing_visits(question).filter(during__overlap=during)
    holds = _live_holds(question).filter(during__overlap=during)
    for link in kind.type_resources.select_related("resource"):
        room = link.resource
        taken = [
            *(f"visit {pk}" for pk in visits.filter(room=room).values_list("pk", flat=True)),
            *(f"hold {pk}" for pk in holds.filter(room=room).values_list("pk", flat=True)),
        ]
        state = f"has {', '.join(taken)}" if room.is_active else "is switched off"
        yield f"{room.name} {state}."


def _standing_visits(question: Question) -> Any:
    return Visit.objects.filter(
        ~Q(status=Visit.Status.CANCELLED), practice_id=question.asked.practice_id
    )


def _live_holds(question: Question) -> Any:
    return Hold.objects.filter(
        practice_id=question.asked.practice_id, expires_at__gt=question.asked.now
    )


def _rules(question: Question) -> CalendarRules | Rules:
    found = CalendarRules.objects.filter(practice_id=question.asked.practice_id).first()
    return found or Rules()


def _moment(question: Question, moment: datetime.datetime) -> str:
    return f"{moment.astimezone(question.asked.zone):%H:%M:%S}"


def _for(reason: str) -> str:
    return f" ({reason})" if reason else ""


_SENTENCES = {
    "past": _past,
    "notice": _notice,
    "horizon": _horizon,
    "provider": _provider,
    "hours": _hours,
    "closure": _closure,
    "timeOff": _time_off,
    "visit": _visit,
    "hold": _hold,
    "room": _room,
}

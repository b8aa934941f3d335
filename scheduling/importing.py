"""Providers, weekly hours and visits out of a file, as `import_schedule` brings them in.

To be called in a transaction of the practice (`tenancy.within_practice`), which the caller rolls
back if there are faults and not all is to be kept. What is there already stays: a provider is known
by name, hours by provider, weekday and span, a visit by provider, beginning and person.
"""

import datetime
from argparse import ArgumentTypeError
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from emrapi.api.suggestions import nearest
from partners.models import Practice
from scheduling import booking
from scheduling.hours import SkippedTime, to_instant
from scheduling.import_files import Fault, Line
from scheduling.models import Provider, Visit, VisitType, WeeklyHours
from scheduling.reading import date, number, time, weekday, yes_or_no
from scheduling.refusals import Refused, SlotTaken

_Value = TypeVar("_Value")
_COLUMNS = {
    "ProviderID": "Provider",
    "VisitDate": "Date",
    "VisitTime": "Time",
    "VisitDuration": "Duration",
    "name": "Name",
    "title": "Title",
    "specialty": "Specialty",
    "valid_from": "ValidFrom",
    "valid_until": "ValidUntil",
}


class _Bad(Exception):
    """A line is wrong: in which columns, and how."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__()
        self.faults = faults


class Importer:
    """Brings lines in, one by one; `counts` says what became of them, `faults` why not."""

    def __init__(self, *, practice: Practice, now: datetime.datetime) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.faults: list[Fault] = []
        self._practice, self._now = practice, now
        self._zone = ZoneInfo(practice.time_zone)
        self._seen: dict[Any, int] = {}
        self._providers = list(Provider.objects.filter(practice=practice))
        self._types = {
            kind.name.lower(): kind for kind in VisitType.objects.filter(practice=practice)
        }

    def bring_in(self, lines: Iterable[Line]) -> None:
        """Each line as a row that is new, changed, or was there; or as a fault."""
        do = {"providers": self._provider, "hours": self._hours, "visits": self._visit}
        for line in lines:
            try:
                with transaction.atomic():
                    outcome = do[line.kind](line)
            except _Bad as bad:
                self.faults += [line.fault(column, message) for column, message in bad.faults]
                outcome = "failed"
            self.counts[line.kind][outcome] += 1

    def _provider(self, line: Line) -> str:
        name = line.values["Name"]
        self._once(line, "Name", name.lower())
        facts: dict[str, Any] = {}
        for column, field in (("Title", "title"), ("Specialty", "specialty")):
            if column in line.values:
                facts[field] = line.values[column]
        if line.values.get("Active"):
            facts["is_active"] = _read(line, "Active", yes_or_no)
        there = [row for row in self._providers if row.name.lower() == name.lower()]
        if len(there) > 1:
            raise _Bad(("Name", f"The practice has {len(there)} providers of this name."))
        row = there[0] if there else Provider(practice=self._practice, name=name)
        outcome = _store(row, facts)
        if not there:
            self._providers.append(row)
        return outcome

    def _hours(self, line: Line) -> str:
        found = _all(
            lambda: self._named(line.values["Provider"]),
            lambda: _read(line, "Weekday", weekday),
            lambda: _read(line, "Opens", time),
            lambda: _read(line, "Closes", time),
        )
        names = ("provider", "weekday", "opens", "closes")
        key = dict(zip(names, found, strict=True))
        self._once(line, "Weekday", found[0].pk, *found[1:])
        facts = {
            field: _read(line, column, date) if line.values[column] else None
            for column, field in (("ValidFrom", "valid_from"), ("ValidUntil", "valid_until"))
            if column in line.values
        }
        rows = WeeklyHours.objects.filter(practice=self._practice, **key)
        return _store(rows.first() or WeeklyHours(practice=self._practice, **key), facts)

    def _visit(self, line: Line) -> str:
        values = line.values
        provider, kind, person_id, on, at = _all(
            lambda: self._named(values["Provider"]),
            lambda: self._type(values["VisitType"]),
            lambda: _read(line, "PatientID", number),
            lambda: _read(line, "Date", date),
            lambda: _read(line, "Time", time),
        )
        self._once(line, "Time", provider.pk, person_id, on, at)
        if self._is_there(provider, person_id, on, at):
            return "unchanged"
        duration, provider_duration = (
            _given(line, column, number) for column in ("Duration", "ProviderDuration")
        )
        try:
            booking.book(
                practice_id=self._practice.pk,
                person_id=person_id,
                provider_id=provider.pk,
                visit_type=kind.name,
                date=on,
                time=at,
                duration_minutes=kind.default_duration_minutes if duration is None else duration,
                provider_time=_given(line, "ProviderTime", time),
                provider_duration_minutes=provider_duration,
                complaint=_text(line, "Complaint", 500),
                notes=_text(line, "Notes", 10_000),
                now=self._now,
                time_zone=self._practice.time_zone,
            )
        except Refused as refused:
            raise _Bad((_COLUMNS.get(refused.field, refused.field), refused.message)) from refused
        except SlotTaken as taken:
            raise _Bad(("Time", _taken(taken))) from taken
        return "created"

    def _is_there(
        self, provider: Provider, person_id: int, on: datetime.date, at: datetime.time
    ) -> bool:
        try:
            start = to_instant(self._zone, on, at)
        except SkippedTime as skipped:
            raise _Bad(("Time", str(skipped))) from skipped
        return (
            Visit.objects.filter(
                practice=self._practice,
                provider=provider,
                person_id=person_id,
                starts_at=datetime.datetime.fromtimestamp(start, datetime.UTC),
            )
            .exclude(status=Visit.Status.CANCELLED)
            .exists()
        )

    def _named(self, text: str) -> Provider:
        for provider in self._providers:
            if text == str(provider.pk):
                return provider
        there = [row for row in self._providers if row.name.lower() == text.lower()]
        if len(there) > 1:
            numbers = ", ".join(str(row.pk) for row in there)
            raise _Bad(("Provider", f"Several have this name; write one's number: {numbers}."))
        if not there:
            near = nearest(text, [row.name for row in self._providers])
            raise _Bad(("Provider", _missing("provider", text, near)))
        return there[0]

    def _type(self, text: str) -> VisitType:
        kind = self._types.get(text.lower())
        if kind is None:
            near = nearest(text, [row.name for row in self._types.values()])
            raise _Bad(("VisitType", _missing("type of visit", text, near)))
        return kind

    def _once(self, line: Line, column: str, *key: Any) -> None:
        first = self._seen.setdefault((line.kind, *key), line.number)
        if first != line.number:
            raise _Bad((column, f"This is the same as line {first}."))


def _store(row: Any, facts: dict[str, Any]) -> str:
    """Write what is new, and say what that made of the row."""
    is_new = row.pk is None
    if not is_new and all(getattr(row, name) == value for name, value in facts.items()):
        return "unchanged"
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        row.full_clean(exclude=["practice", "provider"])
    except ValidationError as error:
        wrong = error.message_dict.items()
        raise _Bad(*((_COLUMNS.get(n, "ValidUntil"), " ".join(m)) for n, m in wrong)) from error
    row.save()
    return "created" if is_new else "updated"


def _all(*readers: Callable[[], Any]) -> list[Any]:
    """What all of them read; if some cannot, what is wrong in each of these."""
    values: list[Any] = []
    faults: list[tuple[str, str]] = []
    for reader in readers:
        try:
            values.append(reader())
        except _Bad as bad:
            faults += bad.faults
    if faults:
        raise _Bad(*faults)
    return values


def _read(line: Line, column: str, reader: Callable[[str], _Value]) -> _Value:
    try:
        return reader(line.values[column])
    except ArgumentTypeError as error:
        raise _Bad((column, str(error))) from error


def _given(line: Line, column: str, reader: Callable[[str], _Value]) -> _Value | None:
    return _read(line, column, reader) if line.values.get(column) else None


def _text(line: Line, column: str, longest: int) -> str:
    text = line.values.get(column, "")
    if len(text) > longest:
        raise _Bad((column, f"This is longer than {longest} characters."))
    return text


def _missing(what: str, text: str, near: str | None) -> str:
    return f"There is no {what} {text!r}.{f' Did you mean {near}?' if near else ''}"


def _taken(taken: SlotTaken) -> str:
    reasons = ", ".join(dict.fromkeys(conflict.reason for conflict in taken.conflicts))
    free = ", ".join(f"{slot.date} {slot.time:%H:%M}" for slot in taken.alternatives[:3])
    return f"This time is not free ({reasons}).{f' The next are: {free}.' if free else ''}"

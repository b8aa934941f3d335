"""Calendars and visits are brought in from files: once, whole, and each line by itself."""

import datetime
from pathlib import Path
from typing import Any

from scheduling.models import Provider, Visit, WeeklyHours
from tests.process import manage
from tests.scheduling.factories import Calendar, VisitFactory, at, span
from tests.scheduling.imports import MONDAY, bring_in, calendar, rows, visits

__all__ = ["bring_in", "calendar"]


def test_providers(our_practice: Any, other_practice: Any, staff: Any, bring_in: Any) -> None:
    file = "Name;Title;specialty;Active\nJane Smith;PA-C;Aesthetics;yes\nMarcus Reed;MD;;no\n"

    first = bring_in(file)
    again = bring_in(file.replace("Aesthetics", "Lasers"))

    assert first == {"written": True, "counts": {"providers": {"created": 2}}, "faults": []}
    assert again["counts"] == {"providers": {"updated": 1, "unchanged": 1}}
    assert rows(staff, Provider, our_practice, "name", "title", "specialty", "is_active") == [
        ("Jane Smith", "PA-C", "Lasers", True),
        ("Marcus Reed", "MD", "", False),
    ]
    assert rows(staff, Provider, other_practice) == []


def test_hours(calendar: Calendar, staff: Any, bring_in: Any) -> None:
    name = calendar.provider.name
    file = (
        "Provider,Weekday,Opens,Closes,Valid From\n"
        f"{name},Mon,7:30,08:30,2027-01-01\n{calendar.provider.pk},tuesday,22:00,00:00,\n"
    )

    assert bring_in(file)["counts"] == {"hours": {"created": 2}}
    assert bring_in(file)["counts"] == {"hours": {"unchanged": 2}}

    columns = ("provider_id", "weekday", "opens", "closes", "valid_from")
    assert rows(staff, WeeklyHours, calendar.practice, *columns)[-2:] == [
        (
            calendar.provider.pk, 0, datetime.time(7, 30), datetime.time(8, 30),
            datetime.date(2027, 1, 1),
        ),
        (calendar.provider.pk, 1, datetime.time(22), datetime.time(0), None),
    ]  # fmt: skip


def test_visits_are_booked_once(calendar: Calendar, staff: Any, bring_in: Any) -> None:
    file = visits(calendar, "09:00", "09:30", Notes='"by phone, twice"')

    assert bring_in(file)["counts"] == {"visits": {"created": 2}}
    assert bring_in(file)["counts"] == {"visits": {"unchanged": 2}}

    found = rows(staff, Visit, calendar.practice, "during", "room_id", "notes")
    assert found == [
        (span(at(calendar.practice, MONDAY, time), 30), calendar.room.pk, "by phone, twice")
        for time in ("09:00", "09:30")
    ]


def test_one_json_file_of_all_kinds(calendar: Calendar, staff: Any, bring_in: Any) -> None:
    whole = {
        "visits": [
            {
                "ProviderID": calendar.provider.pk,
                "PatientID": calendar.person.pk,
                "VisitType": "Consult",
                "VisitDate": MONDAY,
                "VisitTime": "17:00",
                "VisitDuration": 45,
            }
        ],
        "hours": [
            {"Provider": "Zoe New", "Weekday": "Mon", "Opens": "09:00", "Closes": "12:00"},
            {
                "Provider": calendar.provider.name,
                "Weekday": "Monday",
                "Opens": "17:00",
                "Closes": "18:00",
                "ValidUntil": None,
            },
        ],
        "providers": [{"Name": "Zoe New", "Active": True}],
    }

    said = bring_in(whole)

    assert said["faults"] == []
    assert said["counts"] == {
        "providers": {"created": 1},
        "hours": {"created": 2},
        "visits": {"created": 1},
    }


def test_people_of_another_practice_cannot_be_booked(
    calendar: Calendar, other_practice: Any, staff: Any, bring_in: Any
) -> None:
    (fault,) = bring_in(visits(calendar, "09:00"), ppass="OtherOffice")["faults"]
    assert fault["column"] == "Provider"

    with staff():
        theirs = Provider.objects.get(practice=other_practice)
    said = bring_in(visits(calendar, "09:00", Provider=str(theirs.pk)), ppass="OtherOffice")

    assert [fault["column"] for fault in said["faults"]] == ["PatientID"]


def test_skip_bad_writes_the_good_ones(calendar: Calendar, staff: Any, bring_in: Any) -> None:
    VisitFactory.create(
        provider=calendar.provider,
        visit_type=calendar.visit_type,
        during=span(at(calendar.practice, MONDAY, "09:00"), 30),
    )

    said = bring_in(visits(calendar, "09:00", "10:00"), "--skip-bad")

    assert (said["written"], said["counts"]) == (True, {"visits": {"failed": 1, "created": 1}})
    assert len(rows(staff, Visit, calendar.practice)) == 2


def test_dry_run_writes_nothing(calendar: Calendar, staff: Any, bring_in: Any) -> None:
    for options in (["--dry-run"], ["--dry-run", "--skip-bad"]):
        said = bring_in(visits(calendar, "09:00"), *options)

        assert (said["written"], said["counts"]) == (False, {"visits": {"created": 1}})
    assert rows(staff, Visit, calendar.practice) == []


def test_command_as_a_process(calendar: Calendar, tmp_path: Path) -> None:
    file = tmp_path / "providers.csv"
    file.write_text("\ufeffName,Active\r\nJane Smith,yes\r\nBob,perhaps\r\n", encoding="utf-8")
    command = ("import_schedule", str(file), "--ppass", "DemoOffice")

    bad, good = manage(*command), manage(*command, "--skip-bad")
    wrong = manage("import_schedule", str(tmp_path / "none"), "--ppass", "DemoOffice")

    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == (
        "import_schedule: providers, line 3, Active: 'perhaps' is neither yes nor no.\n"
        "Nothing was written.\n"
    )
    assert good.returncode == 0, good.stderr
    assert good.stdout.splitlines()[-1] == "providers: 1 created, 1 failed"
    assert wrong.returncode == 2

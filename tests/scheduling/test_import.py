"""`import_schedule`: all of a file or nothing, and a report that says what to mend."""

import datetime
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scheduling.models import Provider, Visit, WeeklyHours
from tests.process import manage
from tests.scheduling.factories import Calendar, VisitFactory, at, open_calendar, span

# A Monday that is in nobody's past, within the two years that can be booked.
MONDAY = str(
    datetime.datetime.now(datetime.UTC).date()
    + datetime.timedelta(days=35 - datetime.datetime.now(datetime.UTC).weekday())
)


@pytest.fixture
def calendar(our_practice: Any, other_practice: Any) -> Calendar:
    """Ours; the other practice has the same, and people of its own."""
    open_calendar(other_practice)
    return open_calendar(our_practice)


@pytest.fixture
def bring_in(staff: Any, tmp_path: Path) -> Any:
    """Write a file, import it into our practice, and read the answer."""

    def bring_in(content: Any, *options: str, ppass: str = "DemoOffice") -> Any:
        is_text = isinstance(content, str)
        file = tmp_path / ("file.csv" if is_text else "file.json")
        file.write_text(content if is_text else json.dumps(content), encoding="utf-8")
        out = StringIO()
        try:
            with staff():
                call_command(
                    "import_schedule", str(file), "--ppass", ppass, "--json", *options, stdout=out
                )
        except CommandError as error:
            if error.returncode != 1:
                raise
            return json.loads(out.getvalue()) if out.getvalue() else str(error)
        return json.loads(out.getvalue())

    return bring_in


def rows(staff: Any, model: Any, practice: Any, *columns: str) -> list[Any]:
    """What the practice has, in the order it came."""
    with staff():
        return list(model.objects.filter(practice=practice).order_by("pk").values_list(*columns))


def visits(calendar: Calendar, *times: str, **cells: str) -> str:
    """A file of visits with our provider on that Monday."""
    facts = {
        "Provider": calendar.provider.name,
        "PatientID": str(calendar.person.pk),
        "VisitType": "consult",
        "Date": MONDAY,
        "Time": "",
        "Duration": "30",
        **cells,
    }
    lines = [",".join(facts)] + [",".join({**facts, "Time": time}.values()) for time in times]
    return "\n".join(lines) + "\n"


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


def test_every_bad_line_is_told_and_nothing_written(
    calendar: Calendar, staff: Any, bring_in: Any
) -> None:
    head, good = visits(calendar, "09:00").splitlines()
    cells = dict(zip(head.split(","), good.split(","), strict=True))

    def line(**changed: str) -> str:
        return ",".join({**cells, **changed}.values())

    file = "\n".join(
        [
            head,
            good,
            line(Provider="Nobody", Time="25:61"),
            line(PatientID="x", Date="2026-02-30"),
            "",
            line(PatientID="999999", Time="10:00"),
            line(VisitType="Consul", Time="10:00"),
            line(Date="2020-01-06"),
            line(Time="09:15"),
            line(Time="16:45"),
            good,
            line(Time="10:00", Duration="0"),
            line(Time="11:00") + ",more",
            line(Time=""),
        ]
    )

    said = bring_in(file)

    following = ", ".join(f"{MONDAY} {time}" for time in ("09:30", "09:45", "10:00"))
    assert not said["written"]
    assert said["counts"] == {"visits": {"created": 1, "failed": 11}}
    assert [(fault["line"], fault["column"], fault["message"]) for fault in said["faults"]] == [
        (3, "Provider", "There is no provider 'Nobody'."),
        (3, "Time", "'25:61' is not a time such as 09:00."),
        (4, "PatientID", "'x' is not a whole number."),
        (4, "Date", "'2026-02-30' is not a date such as 2027-01-31."),
        (6, "PatientID", "There is no such patient in this practice."),
        (7, "VisitType", "There is no type of visit 'Consul'. Did you mean Consult?"),
        (8, "Time", "This time is over."),
        (9, "Time", f"This time is not free (visit, room). The next are: {following}."),
        (10, "Time", said["faults"][8]["message"]),
        (11, "Time", "This is the same as line 2."),
        (12, "Duration", "Must be from 1 to 1440 minutes."),
        (13, "cell 7", said["faults"][11]["message"]),
        (14, "Time", "This must be filled in."),
    ]  # fmt: skip
    assert said["faults"][8]["message"].startswith("This time is not free (hours).")
    assert rows(staff, Visit, calendar.practice) == []


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be told by their columns"),
        ("Name\n", "There is nothing in the file."),
        ("Nome,Titel\nx,y\n", "cannot be told by their columns"),
        ('Name\n"open\n', "is not CSV"),
        ("Name\nx\0y\n", "NUL"),
        ([1], "cannot be told by their columns"),
        ({"people": []}, "must be a list of objects, or an object with lists"),
        ({"providers": {"Name": "x"}}, "providers must be a list"),
        ({"providers": ["x"]}, "providers, item 1 must be an object"),
    ],
)
def test_what_is_no_such_file(
    calendar: Calendar, bring_in: Any, content: Any, message: str
) -> None:
    assert message in bring_in(content)


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        ("Name,Titel\nx,y\n", "Titel", "There is no such column; did you mean Title?"),
        ("Name,name\nx,y\n", "Name", "This column is there twice."),
        (f"Name\n{'x' * 201}\n", "Name", "200"),
        ("Name,Active\nx,maybe\n", "Active", "'maybe' is neither yes nor no."),
        ([{"Name": "x", "Active": 7}], "Active", "'7' is neither yes nor no."),
        ([{"Name": ["x"]}, {"Name": ""}], "Name", "This must be filled in."),
        (
            "Provider,Weekday,Opens,Closes\nx,T,9:00,12:00\n",
            "Weekday",
            "'T' is not a weekday such as Monday or Mon.",
        ),
    ],
)
def test_faults_of_lines(
    calendar: Calendar, bring_in: Any, content: Any, column: str, message: str
) -> None:
    fault = bring_in(content)["faults"][-1]

    assert fault["column"] == column
    assert message in fault["message"]


def test_validity_the_wrong_way_round(calendar: Calendar, bring_in: Any) -> None:
    (fault,) = bring_in(
        "Provider,Weekday,Opens,Closes,ValidFrom,ValidUntil\n"
        f"{calendar.provider.pk},Monday,9:00,10:00,2027-02-01,2027-01-01\n"
    )["faults"]

    assert fault["column"] == "ValidUntil"


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

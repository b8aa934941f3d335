"""Every fault of a file is told, and nothing of it is written."""

from typing import Any

import pytest

from scheduling.models import Visit
from tests.scheduling.factories import Calendar
from tests.scheduling.imports import MONDAY, bring_in, calendar, rows, visits

__all__ = ["bring_in", "calendar"]


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

"""A calendar, and files that are brought into it."""

import datetime
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.scheduling.factories import Calendar, open_calendar

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

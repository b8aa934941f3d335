"""Rows as a file for a spreadsheet, which takes nothing that anybody wrote for a formula."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A spreadsheet computes what begins with one of these, the wide forms of East Asia included.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def download(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, now: datetime.datetime
) -> HttpResponse:
    """A file with a line of headings, called after its content and the time."""
    file = io.StringIO(newline="")
    lines = csv.writer(file, quoting=csv.QUOTE_ALL)
    lines.writerow(columns)
    lines.writerows([_told(value) for value in row] for row in rows)
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{now:%Y-%m-%d-%H%M}.csv"'
    return answer


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _told(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return harmless(value) if isinstance(value, str) else value

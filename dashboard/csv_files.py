"""Calls as a file for a spreadsheet, which takes nothing that a caller wrote for a formula."""

import csv
import io
from collections.abc import Iterable, Mapping

from dashboard.choices import name_of
from dashboard.models import ApiCall

# A spreadsheet computes what begins with one of these, the wide forms of East Asia included.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = (
    "Time (UTC)", "Method", "Endpoint", "Status", "Duration (ms)", "Practice", "Partner", "IP",
    "Request id", "Bytes in", "Bytes out",
)  # fmt: skip


def written(
    calls: Iterable[ApiCall], *, practices: Mapping[int, str], partners: Mapping[int, str]
) -> str:
    """The file, with a line of headings."""
    file = io.StringIO(newline="")
    lines = csv.writer(file, quoting=csv.QUOTE_ALL)
    lines.writerow(_COLUMNS)
    for call in calls:
        lines.writerow(
            [
                f"{call.at:%Y-%m-%d %H:%M:%S.%f}",
                harmless(call.method),
                harmless(call.path),
                call.status,
                call.duration_ms,
                harmless(name_of(practices, call.practice_id)),
                harmless(name_of(partners, call.partner_id)),
                call.ip or "",
                harmless(call.request_id),
                call.bytes_in,
                call.bytes_out,
            ]
        )
    return file.getvalue()


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text

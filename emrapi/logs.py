"""Tracebacks for the log: where it went wrong and what it was, without the values of rows.

PostgreSQL quotes rows in its messages ("Key (email)=(…) already exists"), and the log is no place
for patients. So of a database error the class and the SQLSTATE are kept, and the message is not.
"""

import sys
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import Error as DjangoDatabaseError

_MOST_LINKS = 10


def plain_tracebacks(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Structlog processor: `exc_info` becomes the text at `exception`."""
    exc_info = event.pop("exc_info", None)
    if not exc_info:
        return event
    if isinstance(exc_info, BaseException):
        error: BaseException | None = exc_info
    else:
        error = (exc_info if isinstance(exc_info, tuple) else sys.exc_info())[1]
    if error is not None:
        event["exception"] = "\n".join(_described(link) for link in reversed([*_chain(error)]))
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(_MOST_LINKS):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _described(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = "".join(traceback.format_tb(error.__traceback__))
    if isinstance(error, DjangoDatabaseError | psycopg.Error):
        return f"{frames}{name}: SQLSTATE {_sqlstate(error)}"
    return f"{frames}{name}: {error}"


def _sqlstate(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None))

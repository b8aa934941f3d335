"""What people did and read, noted beside what the database notes by itself.

The triggers of the table's migration note what Django's admin logs, and what accounts may do. Here
is noted what leaves no row behind: reading, signing in, being refused, running a command.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, models
from django.http import HttpRequest

from emrapi.api.addresses import valid_client_address
from emrapi.api.request_ids import request_id_of
from partners.models import AuditEntry

Action = AuditEntry.Action
_LONGEST = 300


def note(
    request: HttpRequest,
    action: Action,
    kind: type[models.Model] | None = None,
    *,
    number: object = "",
    practice_id: int | None = None,
    detail: str = "",
    user: Any = None,
) -> None:
    """Note what somebody did to, or saw of, rows of a kind.

    `detail` is short and says nothing of patients: how many rows, not which words were searched.
    """
    user = user or getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    facts = {
        "actor_id": user.pk if is_known else None,
        "actor": user.get_username() if is_known else "",
        "action": action,
        "object_type": kind._meta.label_lower if kind else "",
        "object_id": str(number)[:64],
        "practice_id": practice_id,
        "detail": detail[:_LONGEST],
        "ip": valid_client_address(request),
        "request_id": request_id_of(request),
    }
    # Number and time are the database's to give.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO partners_auditentry ({', '.join(facts)})"  # noqa: S608 - our own names
            f" VALUES ({', '.join(['%s'] * len(facts))})",
            list(facts.values()),
        )


def note_row(request: HttpRequest, action: Action, row: models.Model, *, detail: str = "") -> None:
    """The same of one row, with its practice if it has one."""
    practice_id = getattr(row, "practice_id", None)
    note(request, action, type(row), number=row.pk, practice_id=practice_id, detail=detail)


def counted(rows: int) -> str:
    """How many, for `detail`."""
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def note_command(name: str, kind: type[models.Model] | None = None, number: object = "") -> None:
    """Note that a command has run; the transaction says by whom."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partners_audit(%s, %s, %s, NULL, %s)",
            [Action.RAN, kind._meta.label_lower if kind else "", str(number), name],
        )


def watch_sign_ins() -> None:
    """From now on note who signs in and out, who fails to, and who is locked out."""
    user_logged_in.connect(_on_signed_in)
    user_logged_out.connect(_on_signed_out)
    user_login_failed.connect(_on_failed)
    # Last, since it listens for failures too, and says within one that it is the last.
    from axes.signals import user_locked_out

    user_locked_out.connect(_on_locked_out)


def _on_signed_in(request: HttpRequest, user: Any, **_: Any) -> None:
    note(request, Action.SIGNED_IN, user=user)


def _on_signed_out(request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        note(request, Action.SIGNED_OUT, user=user)


def _on_failed(request: HttpRequest | None, credentials: Any, **_: Any) -> None:
    if request is not None:
        _note_name(request, Action.SIGN_IN_FAILED, credentials.get("username"))


def _on_locked_out(request: HttpRequest, username: str | None, **_: Any) -> None:
    _note_name(request, Action.LOCKED_OUT, username)


def _note_name(request: HttpRequest, action: Action, typed: str | None) -> None:
    """Under the name, if somebody has it: what else was typed there may have been a password."""
    known = get_user_model().objects.filter(username=typed or "").first()
    note(request, action, user=known, detail="" if known else "a name that nobody has")

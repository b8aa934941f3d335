"""The letters about requests for access. A row with a due letter is the queue; a task only looks.

A letter that could not be handed over is tried again, with a new link; so is one whose sender
died. Nothing is sent within a transaction.
"""

import datetime
import smtplib
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from partners import access
from partners.models import AccessRequest

_log = structlog.get_logger(__name__)

_AGAIN_AFTER = datetime.timedelta(minutes=10)
# Somebody may write a stranger's address into the form: he is to get a few letters and no more.
_MOST_TO_ONE_ADDRESS = 3
_IN = datetime.timedelta(days=1)
_AT_ONCE = 50


def send_due(now: datetime.datetime) -> int:
    """Send what is due; returns how many letters went out."""
    sent = 0
    for _ in range(_AT_ONCE):
        if (claimed := _claim(now)) is None:
            break
        request, letter = claimed
        if letter is None or handed_over(letter, request=request.pk):
            sent += letter is not None
            _settle(request)
    return sent


@transaction.atomic
def _claim(now: datetime.datetime) -> tuple[AccessRequest, EmailMessage | None] | None:
    """One request whose letter is due, put off so that nobody else takes it, and the letter."""
    request = (
        AccessRequest.objects.select_for_update(skip_locked=True)
        .filter(letter_due_at__lte=now)
        .order_by("letter_due_at", "id")
        .first()
    )
    if request is None:
        return None
    letter = _LETTERS[AccessRequest.Status(request.status)](request, now)
    request.letter_due_at = now + _AGAIN_AFTER
    request.save(update_fields=["link_digest", "link_expires_at", "letter_due_at"])
    return request, letter


def handed_over(letter: EmailMessage, **about: int) -> bool:
    """Give a letter to the mail server; False if that fails now. `about` is for the log."""
    try:
        # Within `with`, a line is closed also if the server shuts us out.
        with get_connection() as line:
            line.send_messages([letter])
    except (smtplib.SMTPException, OSError) as error:
        _log.warning("letter_not_sent", **about, error=type(error).__name__)
        return False
    return True


def _settle(request: AccessRequest) -> None:
    """Nothing more is due, unless something happened meanwhile."""
    AccessRequest.objects.filter(pk=request.pk, letter_due_at=request.letter_due_at).update(
        letter_due_at=None
    )


def _to_confirm(request: AccessRequest, now: datetime.datetime) -> EmailMessage | None:
    lately = AccessRequest.objects.filter(
        email__iexact=request.email, created_at__gt=now - _IN, id__lt=request.pk
    )
    if lately.count() >= _MOST_TO_ONE_ADDRESS:
        _log.warning("letter_withheld", request=request.pk)
        return None
    link = _new_link(request, "request-access/confirm", now + access.CONFIRM_WITHIN)
    return _letter(
        [request.email],
        "Confirm your request for access to the OfficePro API",
        f"Hello {request.contact},\n\n"
        f"somebody, we hope you, asked for access to the OfficePro API for {request.company}.\n"
        "If it was you, please confirm it here within seven days:\n\n"
        f"    {link}\n\n"
        "If not, do nothing; you will not hear from us again.\n",
    )


def _to_staff(request: AccessRequest, now: datetime.datetime) -> EmailMessage | None:
    if not settings.STAFF_ALERT_EMAILS:
        return None
    return _letter(
        settings.STAFF_ALERT_EMAILS,
        f"{request.company} asks for access",
        f"{request.contact} <{request.email}> of {request.company} asks for access to\n"
        f"{request.practice} with {', '.join(request.scopes)}. Decide here:\n\n"
        f"    {settings.LINKS_URL}/dashboard/access-requests/{request.pk}/\n",
    )


def _with_key(request: AccessRequest, now: datetime.datetime) -> EmailMessage | None:
    if request.revealed_at is not None:
        return None
    link = _new_link(request, "request-access/key", now + access.REVEAL_WITHIN)
    return _letter(
        [request.email],
        "Your OfficePro API key",
        f"Hello {request.contact},\n\n"
        f"{request.company} has access to the OfficePro API. Get your key here within three days.\n"
        "It is shown once, so have a safe place for it ready:\n\n"
        f"    {link}\n\n"
        f"How to use it: {settings.LINKS_URL}/docs\n",
    )


def _with_refusal(request: AccessRequest, now: datetime.datetime) -> EmailMessage:
    return _letter(
        [request.email],
        "Your request for access to the OfficePro API",
        f"Hello {request.contact},\n\n"
        f"we cannot give {request.company} access to the OfficePro API.\n\n"
        f"{request.reason}\n",
    )


_LETTERS: dict[
    AccessRequest.Status, Callable[[AccessRequest, datetime.datetime], EmailMessage | None]
] = {
    AccessRequest.Status.UNCONFIRMED: _to_confirm,
    AccessRequest.Status.PENDING: _to_staff,
    AccessRequest.Status.APPROVED: _with_key,
    AccessRequest.Status.DENIED: _with_refusal,
}


def _new_link(request: AccessRequest, path: str, expires_at: datetime.datetime) -> str:
    token, request.link_digest = access.new_link()
    request.link_expires_at = expires_at
    return f"{settings.LINKS_URL}/{path}/{token}"


def _letter(to: list[str], subject: str, text: str) -> EmailMessage:
    # A name from a form may hold a line break, which a header must not.
    return EmailMessage(" ".join(subject.split()), text, to=to)

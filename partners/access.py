"""Asking to come in, and being let in: from a stranger's form to a key that is shown once.

    asked (unconfirmed) -> confirmed by the link in a letter (pending) -> approved | denied
    approved -> the link in the next letter shows the key, once

Links are random and only their digests are kept. Opening one does nothing, because mail scanners
open links too; its page has a button. A key's text is made when that is pressed, so that until
then nobody could know it, and no letter, row or task ever holds it.
"""

import datetime
import hashlib
import secrets
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from partners.issuing import IssuedKey, issue_key, remint_key
from partners.models import AccessRequest, ApiKey, Partner, Practice

CONFIRM_WITHIN = datetime.timedelta(days=7)
REVEAL_WITHIN = datetime.timedelta(hours=72)

Status = AccessRequest.Status


class LinkIsDead(Exception):
    """A link that was used, has run out, was replaced by a newer one or never was."""


class AlreadyDecided(Exception):
    """Somebody else was quicker."""


def ask(
    *,
    company: str,
    practice: str,
    contact: str,
    email: str,
    scopes: Sequence[str],
    purpose: str,
    address: str | None,
) -> None:
    """Keep a request; its first letter is due at once. Works as the serving role, which may add
    requests and not read any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_accessrequest"
            " (company, practice, contact, email, scopes, purpose, address)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [company, practice, contact, email, list(scopes), purpose, address],
        )


def new_link() -> tuple[str, str]:
    """A link's random part, and the digest to keep of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    """SHA-256 in hex; the token is random enough to need no more."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str, status: AccessRequest.Status, now: datetime.datetime) -> AccessRequest:
    """The request that a link leads to. Raises LinkIsDead."""
    found = (
        AccessRequest.objects.select_related("api_key__practice", "api_key__partner")
        .filter(link_digest=digest(token), status=status, link_expires_at__gt=now)
        .first()
    )
    if found is None:
        raise LinkIsDead
    return found


@transaction.atomic
def confirm(*, token: str, now: datetime.datetime) -> AccessRequest:
    """The e-mail address is the asker's. Staff are told. Raises LinkIsDead."""
    request = _locked(find(token, Status.UNCONFIRMED, now), Status.UNCONFIRMED)
    request.status, request.confirmed_at = Status.PENDING, now
    request.link_digest, request.link_expires_at = "", None
    request.letter_due_at = now
    request.save()
    return request


@transaction.atomic
def approve(
    *,
    request: AccessRequest,
    practice: Practice,
    partner: Partner | None,
    scopes: Sequence[str],
    by: str,
    now: datetime.datetime,
) -> ApiKey:
    """Make the key, for `partner` or for a new one of the company's name, and the letter due.

    Raises AlreadyDecided; ValidationError if the company's name is another partner's.
    """
    request = _pending(request)
    if strange := sorted(set(scopes) - set(request.scopes)):
        raise ValidationError({"scopes": f"Not asked for: {', '.join(strange)}."})
    request.api_key = issue_key(
        partner=partner or _new_partner(request),
        practice=practice,
        name=f"For {request.contact}"[:100],
        scopes=scopes,
    ).key
    _decide(request, Status.APPROVED, by=by, now=now)
    return request.api_key


@transaction.atomic
def deny(*, request: AccessRequest, reason: str, by: str, now: datetime.datetime) -> None:
    """Say no; the reason is in the letter. Raises AlreadyDecided."""
    request = _pending(request)
    request.reason = reason
    _decide(request, Status.DENIED, by=by, now=now)


def send_again(*, request: AccessRequest, now: datetime.datetime) -> bool:
    """Have a letter with a new link sent; False if there is nothing left to tell."""
    return bool(
        AccessRequest.objects.filter(pk=request.pk)
        .filter(status__in=[Status.UNCONFIRMED, Status.APPROVED], revealed_at=None)
        .update(letter_due_at=now)
    )


@transaction.atomic
def reveal(*, token: str, now: datetime.datetime) -> IssuedKey:
    """Give the key its text and return it, this once. Raises LinkIsDead."""
    request = _locked(find(token, Status.APPROVED, now), Status.APPROVED)
    key = request.api_key
    if key is None or key.status(now) != ApiKey.Status.ACTIVE:
        raise LinkIsDead
    request.revealed_at = now
    request.link_digest, request.link_expires_at = "", None
    request.save()
    return remint_key(key)


def _pending(request: AccessRequest) -> AccessRequest:
    try:
        return _locked(request, Status.PENDING)
    except LinkIsDead:
        raise AlreadyDecided from None


def _locked(request: AccessRequest, status: AccessRequest.Status) -> AccessRequest:
    """The row, ours until the transaction ends, and still as it was when it was found."""
    found = (
        AccessRequest.objects.select_for_update(of=("self",))
        .select_related("api_key__practice", "api_key__partner")
        .filter(pk=request.pk, status=status, link_digest=request.link_digest)
        .first()
    )
    if found is None:
        raise LinkIsDead
    return found


def _decide(
    request: AccessRequest, status: AccessRequest.Status, *, by: str, now: datetime.datetime
) -> None:
    request.status, request.decided_by, request.decided_at = status, by, now
    request.letter_due_at = now
    request.save()


def _new_partner(request: AccessRequest) -> Partner:
    partner = Partner(
        name=request.company,
        company_name=request.company,
        contact_name=request.contact,
        email=request.email,
        alert_email=request.email,
    )
    try:
        partner.full_clean()
    except ValidationError as error:
        raise ValidationError({"partner": error.messages}) from None
    partner.save()
    return partner

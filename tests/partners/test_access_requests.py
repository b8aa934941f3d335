"""Asking for access by the API, and what staff decide, as far as the letters tell."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from partners import access
from partners.models import AccessRequest, ApiKey, Partner
from tests.factories import PartnerFactory
from tests.partners.asking import (
    ASKED,
    approve,
    browser,
    confirmed,
    only_request,
    post,
    send_letters,
)

__all__ = ["browser", "confirmed", "post"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company": ""}, "company"),
        ({"contact": None}, "contact"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["Everything"]}, "scopes"),
        ({"scopes": "Prospects"}, "scopes"),
        ({"purpose": "x" * 2001}, "purpose"),
        ({"status": "approved"}, "status"),
        ({"company": "Ac\x00me"}, "company"),
    ],
)
def test_bad_request_is_named_and_not_kept(
    post: Any, staff: Any, changes: dict[str, Any], field: str
) -> None:
    answer = post(**changes)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {error["field"].partition("[")[0] for error in answer.json()["errors"]}
    with staff():
        assert not AccessRequest.objects.exists()


def test_answer_is_the_same_whoever_is_known(post: Any, our_practice: Any) -> None:
    PartnerFactory.create(name="Known Company")

    known = post(company="Known Company", practice=our_practice.ppass)
    unknown = post(company="Unknown Company", practice="NoSuchPractice")

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


def test_asking_too_often_is_refused(post: Any, browser: Browser, staff: Any) -> None:
    statuses = [post().status_code for _ in range(7)]

    assert statuses == [202] * 5 + [429] * 2
    page = browser.post("/request-access", ASKED)
    assert (page.status_code, "wait a minute" in page.content.decode()) == (429, True)
    assert 1 <= int(page["Retry-After"]) <= 60
    with staff():
        assert AccessRequest.objects.count() == 5


def test_stranger_gets_three_letters_a_day_and_no_more(
    post: Any, mailoutbox: Any, staff: Any
) -> None:
    for _ in range(5):
        post(email="Victim@example.com")

    assert send_letters() == 3
    assert send_letters(timezone.now() + datetime.timedelta(hours=1)) == 0
    assert len(mailoutbox) == 3


def test_staff_are_told_of_a_confirmed_request(
    confirmed: AccessRequest, mailoutbox: Any, settings: Any
) -> None:
    settings.STAFF_ALERT_EMAILS = ["staff@example.com"]

    assert send_letters() == 1
    assert mailoutbox[-1].to == ["staff@example.com"]
    assert f"/dashboard/access-requests/{confirmed.pk}/" in mailoutbox[-1].body


def test_denied_with_the_reason_in_the_letter(
    confirmed: AccessRequest, staff: Any, mailoutbox: Any
) -> None:
    with staff():
        access.deny(request=confirmed, reason="We do not know you.", by="grace", now=timezone.now())
    send_letters()

    assert "We do not know you." in mailoutbox[-1].body
    with staff():
        assert not ApiKey.objects.exists()


def test_decided_once(confirmed: AccessRequest, our_practice: Any, staff: Any) -> None:
    approve(confirmed, our_practice, staff)

    with pytest.raises(access.AlreadyDecided):
        approve(confirmed, our_practice, staff)
    with pytest.raises(access.AlreadyDecided), staff():
        access.deny(request=confirmed, reason="", by="grace", now=timezone.now())
    with staff():
        assert ApiKey.objects.count() == 1


def test_unconfirmed_cannot_be_approved(post: Any, our_practice: Any, staff: Any) -> None:
    post()

    with pytest.raises(access.AlreadyDecided):
        approve(only_request(staff), our_practice, staff)


def test_scopes_may_be_trimmed_and_not_widened(
    confirmed: AccessRequest, our_practice: Any, staff: Any
) -> None:
    with pytest.raises(ValidationError, match="Not asked for: Tickets"):
        approve(confirmed, our_practice, staff, scopes=["Prospects", "Tickets"])
    with pytest.raises(ValidationError):
        approve(confirmed, our_practice, staff, scopes=[])
    with staff():
        assert not ApiKey.objects.exists()
        assert not Partner.objects.filter(name="Acme Health").exists()


def test_company_of_a_known_name_needs_a_choice(
    confirmed: AccessRequest, our_practice: Any, staff: Any
) -> None:
    known = PartnerFactory.create(name="acme health")

    with pytest.raises(ValidationError, match="already"):
        approve(confirmed, our_practice, staff)
    assert approve(confirmed, our_practice, staff, partner=known).partner == known


def test_serving_role_may_ask_and_not_read(database: None) -> None:
    access.ask(**ASKED, address=None)

    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_accessrequest")

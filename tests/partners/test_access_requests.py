"""Asking for access: a form, two letters, a decision, and a key that is shown once."""

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from partners import access, letters, tenancy
from partners.models import AccessRequest, ApiKey, Partner
from partners.scopes import ALL_SCOPES
from tests.factories import PartnerFactory

ASKED = {
    "company": "Acme Health",
    "practice": "DemoOffice",
    "contact": "Ada Lovelace",
    "email": "ada@example.com",
    "scopes": ["Prospects", "Scheduling"],
    "purpose": "Visitors of our clients' websites book a first visit.",
}
ANSWER = {"message": "Request received; please confirm it by the link that we have sent"}


@pytest.fixture
def browser(database: None) -> Browser:
    return Browser()


@pytest.fixture
def post(browser: Browser) -> Any:
    """POST JSON to the API."""

    def send(**changes: Any) -> Any:
        body = {**ASKED, **changes}
        return browser.post("/v1/access-requests", body, content_type="application/json")

    return send


def send_letters(now: datetime.datetime | None = None) -> int:
    with tenancy.acting_as(tenancy.WORKER):
        return letters.send_due(now or timezone.now())


def only_request(staff: Any) -> AccessRequest:
    with staff():
        return AccessRequest.objects.get()


def link_in(letter: Any) -> str:
    found = re.search(r"http://[^/]+(/request-access/\S+)", letter.body)
    assert found is not None, letter.body
    return found[1]


@pytest.fixture
def confirmed(post: Any, browser: Browser, mailoutbox: Any, staff: Any) -> AccessRequest:
    """A request whose address is confirmed."""
    post()
    send_letters()
    browser.post(link_in(mailoutbox.pop()))
    return only_request(staff)


def approve(request: AccessRequest, practice: Any, staff: Any, **changes: Any) -> ApiKey:
    facts = {"partner": None, "scopes": ["Prospects"], "by": "grace", "now": timezone.now()}
    with staff():
        return access.approve(request=request, practice=practice, **{**facts, **changes})


@pytest.fixture
def key_link(confirmed: AccessRequest, our_practice: Any, staff: Any, mailoutbox: Any) -> str:
    """The link in the letter that follows an approval."""
    approve(confirmed, our_practice, staff)
    send_letters()
    return link_in(mailoutbox.pop())


def test_from_the_question_to_a_working_key(
    post: Any, browser: Browser, staff: Any, our_practice: Any, mailoutbox: Any
) -> None:
    answer = post()
    assert (answer.status_code, answer.json()) == (202, ANSWER)

    assert send_letters() == 1
    (letter,) = mailoutbox
    assert letter.to == ["ada@example.com"]
    assert browser.get(link_in(letter)).status_code == 200
    assert only_request(staff).status == "unconfirmed"  # a scanner opened it, no more
    assert browser.post(link_in(letter)).status_code == 200
    assert only_request(staff).status == "pending"

    key = approve(only_request(staff), our_practice, staff, scopes=["Prospects"])
    send_letters()
    letter = mailoutbox[-1]
    assert browser.get(link_in(letter)).status_code == 200
    shown = browser.post(link_in(letter))
    text = re.search(r"emr_live_\w+", shown.content.decode())
    assert text is not None
    assert shown["Cache-Control"].startswith("max-age=0")

    token = browser.post(
        "/v1/DemoOffice/auth/token", {"apiKey": text[0]}, content_type="application/json"
    )
    assert token.status_code == 200
    with staff():
        key.refresh_from_db()
        assert (key.scopes, key.partner.name) == (["Prospects"], "Acme Health")
        assert AccessRequest.objects.get().decided_by == "grace"


def test_key_is_shown_once(browser: Browser, key_link: str) -> None:
    first, second = browser.post(key_link), browser.post(key_link)

    assert "emr_live_" in first.content.decode()
    assert (second.status_code, b"emr_live_" in second.content) == (410, False)
    assert browser.get(key_link).status_code == 410


def test_key_link_dies_after_three_days(browser: Browser, key_link: str, staff: Any) -> None:
    with staff():
        AccessRequest.objects.update(link_expires_at=timezone.now())

    assert browser.post(key_link).status_code == 410


def test_revoked_key_is_not_shown(browser: Browser, key_link: str, staff: Any) -> None:
    with staff():
        ApiKey.objects.update(revoked_at=timezone.now())

    assert browser.post(key_link).status_code == 410


def test_newer_letter_replaces_the_older_link(
    browser: Browser, key_link: str, staff: Any, mailoutbox: Any
) -> None:
    with staff():
        assert access.send_again(request=AccessRequest.objects.get(), now=timezone.now())
    send_letters()

    assert browser.post(key_link).status_code == 410
    assert "emr_live_" in browser.post(link_in(mailoutbox[-1])).content.decode()
    with staff():
        assert not access.send_again(request=AccessRequest.objects.get(), now=timezone.now())


def test_no_text_of_the_key_is_anywhere_before_it_is_shown(
    key_link: str, staff: Any, browser: Browser
) -> None:
    with staff():
        before = ApiKey.objects.get()
    browser.post(key_link)
    with staff():
        after = ApiKey.objects.get()

    assert before.pk == after.pk
    assert before.digest != after.digest
    assert before.lookup_id != after.lookup_id


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


@pytest.mark.parametrize("path", ["confirm", "key"])
def test_made_up_link_is_dead(browser: Browser, path: str) -> None:
    for method in (browser.get, browser.post):
        answer = method(f"/request-access/{path}/{'x' * 43}")
        assert answer.status_code == 410
        assert answer["Referrer-Policy"] == "same-origin"  # the link is told to nobody


def test_links_opened_too_often_are_refused_and_stay_good(key_link: str, browser: Browser) -> None:
    made_up = [f"/request-access/{kind}/{'x' * 43}" for kind in ("confirm", "key")]

    statuses = [browser.get(path).status_code for path in made_up * 10]
    refused = [browser.post(key_link), browser.get(key_link), browser.get(made_up[0])]

    assert statuses == [410] * 19 + [429]  # the address was confirmed with the first of 20
    for answer in refused:
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert "no-store" in answer["Cache-Control"]
        assert "<h1>Please wait a minute</h1>" in answer.content.decode()
    assert b"emr_live_" in browser.post(key_link, REMOTE_ADDR="203.0.113.9").content


def test_serving_role_may_ask_and_not_read(database: None) -> None:
    access.ask(**ASKED, address=None)

    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_accessrequest")


def test_page_takes_a_request(browser: Browser, staff: Any) -> None:
    assert browser.get("/request-access").status_code == 200
    answer = browser.post("/request-access", {**ASKED, "website": ""})

    assert (answer.status_code, answer["Location"]) == (302, "/request-access/asked")
    assert browser.get("/request-access/asked").status_code == 200
    assert only_request(staff).scopes == ["Prospects", "Scheduling"]


def test_page_names_what_is_missing_and_keeps_the_rest(browser: Browser, staff: Any) -> None:
    answer = browser.post("/request-access", {"company": "Acme & Sons", "email": "no"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Acme &amp; Sons" in page
    assert "Enter a valid email address." in page
    assert "Choose at least one." in page


def test_robot_is_thanked_and_forgotten(browser: Browser, staff: Any) -> None:
    answer = browser.post("/request-access", {**ASKED, "website": "https://spam.example"})

    assert answer["Location"] == "/request-access/asked"
    with staff():
        assert not AccessRequest.objects.exists()


def test_page_offers_every_scope(browser: Browser) -> None:
    page = browser.get("/request-access").content.decode()

    for scope in ALL_SCOPES:
        assert f'value="{scope}"' in page


def test_page_is_safe_from_forged_forms() -> None:
    answer = Browser(enforce_csrf_checks=True).post("/request-access", ASKED)

    assert answer.status_code == 403


def test_front_door_leads_everywhere(browser: Browser) -> None:
    page = browser.get("/").content.decode()

    for path in ("/docs", "/request-access", "/dashboard/", "/admin/", "/openapi.json"):
        assert f'href="{path}"' in page

"""The links of letters: from the question to the key, which is shown once."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from partners import access
from partners.models import AccessRequest, ApiKey
from tests.partners.asking import (
    approve,
    browser,
    confirmed,
    link_in,
    only_request,
    post,
    send_letters,
)

__all__ = ["browser", "confirmed", "post"]

ANSWER = {"message": "Request received; please confirm it by the link that we have sent"}


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

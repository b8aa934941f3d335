"""Staff make a key: it is shown once, kept nowhere, and made once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext

from partners.admin import ApiKeyAdmin
from partners.models import ApiKey, Partner, Practice
from tests.client import status_of_token
from tests.partners.staff_keys import KEYS, Staff, browser, new_key_form, texts_in

__all__ = ["browser"]


def test_new_key_is_shown_and_works(
    browser: DjangoClient, staff: Staff, our_practice: Practice, other_practice: Any, partner: Any
) -> None:
    response = browser.post(f"{KEYS}add/", new_key_form(browser, our_practice, partner))

    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("no-store")
    [text] = texts_in(response)
    assert status_of_token("DemoOffice", text) == 200
    assert status_of_token("OtherOffice", text) == 401
    with staff():
        key = ApiKey.objects.get()
    assert (key.name, key.partner_id, key.practice_id) == (
        "nightly sync",
        partner.pk,
        our_practice.pk,
    )
    assert key.scopes == ["Prospects", "Patients"]
    assert key.allowed_networks == ["127.0.0.1/32", "10.0.0.0/8"]


def test_new_key_is_kept_nowhere(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    partner: Partner,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    form = new_key_form(browser, our_practice, partner)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = browser.post(f"{KEYS}add/", form)

    [text] = texts_in(response)
    secret = text.rpartition("_")[2]
    assert not any(secret in query["sql"] for query in queries)
    assert not any(secret in cookie.value for cookie in browser.cookies.values())
    assert secret not in str(response.headers)
    with staff():
        sessions = [session.get_decoded() for session in Session.objects.all()]
        log = [(entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()]
    assert secret not in str(sessions)
    assert log == [(str(response.context["issued"][0].key), '[{"added": {}}]')]
    assert secret not in caplog.text + "".join(capfd.readouterr())
    key = response.context["issued"][0].key
    for path in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/", "/admin/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert secret not in page.content.decode()
        assert key.digest not in page.content.decode()


def test_new_key_form_sent_twice(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)
    browser.post(f"{KEYS}add/", form)

    again = browser.post(f"{KEYS}add/", form, follow=True)

    assert texts_in(again) == []
    assert "This form was sent before" in again.content.decode()
    with staff():
        [key] = ApiKey.objects.all()
    assert again.redirect_chain == [(f"{KEYS}{key.pk}/change/", 302)]


def test_new_key_form_sent_twice_at_once(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = new_key_form(browser, our_practice, partner)
    both_looked = threading.Barrier(2)
    look = ApiKeyAdmin._made_before

    def look_together(admin: ApiKeyAdmin, request: Any) -> Any:
        found = look(admin, request)
        if not getattr(request, "has_looked", False):
            request.has_looked = True
            both_looked.wait(timeout=10)
        return found

    def send(_: int) -> Any:
        twin = DjangoClient()
        twin.cookies = browser.cookies
        try:
            return twin.post(f"{KEYS}add/", form)
        finally:
            connection.close()

    monkeypatch.setattr(ApiKeyAdmin, "_made_before", look_together)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert len([text for answer in answers for text in texts_in(answer)]) == 1
    with staff():
        assert ApiKey.objects.count() == 1


def test_new_key_form_with_faults(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)
    wrong = {
        **form,
        "scopes": [],
        "allowed_networks": "10.0.0.1/8, office",
        "rate_limit": "0",
        "expires_at_0": "2020-01-01",
        "expires_at_1": "00:00",
    }

    response = browser.post(f"{KEYS}add/", wrong)

    assert response.context["adminform"].form.errors.get_json_data() == {
        "scopes": [{"message": "Choose at least one scope.", "code": ""}],
        "allowed_networks": [
            {
                "message": "“10.0.0.1/8” has bits beyond its /8: did you mean 10.0.0.0/8?",
                "code": "invalid",
            },
            {
                "message": "“office” is neither an address nor a range such as 203.0.113.0/24.",
                "code": "invalid",
            },
        ],
        "rate_limit": [
            {
                "message": "Ensure this value is greater than or equal to 1.",
                "code": "min_value",
            }
        ],
        "expires_at": [
            {"message": "This has passed already. To end a key now, revoke it.", "code": ""}
        ],
    }
    with staff():
        assert not ApiKey.objects.exists()
    assert len(texts_in(browser.post(f"{KEYS}add/", form))) == 1


def test_new_key_form_with_id_of_another_form(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)

    for wrong in ("", "short", "<script>", "é1234567", "123456789"):
        response = browser.post(f"{KEYS}add/", {**form, "key_id": wrong})
        assert texts_in(response) == []

    with staff():
        assert not ApiKey.objects.exists()

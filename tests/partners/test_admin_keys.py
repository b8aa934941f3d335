"""Staff change, revoke and rotate keys, and can delete nothing."""

import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as DjangoClient
from django.utils import timezone

from partners.models import ApiKey, Partner, Practice
from tests.client import status_of_token
from tests.partners.staff_keys import KEYS, Staff, browser, change_form, texts_in

__all__ = ["browser"]


def test_key_can_be_changed_but_not_moved(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    client_for: Any,
) -> None:
    key = make_key(our_practice, ["Prospects"])
    client = client_for(key)
    form = change_form(
        key,
        scopes=["KB"],
        practice=other_practice.pk,
        partner=999,
        lookup_id="AAAAAAAA",
        digest="x",
    )

    response = browser.post(f"{KEYS}{key.pk}/change/", form)

    assert response.status_code == 302
    with staff():
        after = ApiKey.objects.get()
    assert after.scopes == ["KB"]
    assert (after.practice_id, after.partner_id) == (our_practice.pk, key.partner_id)
    assert (after.lookup_id, after.digest) == (key.lookup_id, key.digest)
    assert client.get("/prospects").status_code == 403


def test_key_can_never_be_deleted(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice)

    assert browser.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [key.pk], "post": "yes"}
    browser.post(KEYS, delete)

    with staff():
        assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("kind", ["practice", "partner"])
def test_practice_and_partner_can_never_be_deleted(
    browser: DjangoClient, our_practice: Practice, partner: Partner, kind: str
) -> None:
    row = {"practice": our_practice, "partner": partner}[kind]

    response = browser.post(f"/admin/partners/{kind}/{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403


def test_revoked_key_cannot_be_changed(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice, revoked_at=timezone.now())

    page = browser.get(f"{KEYS}{key.pk}/change/").content.decode()
    response = browser.post(f"{KEYS}{key.pk}/change/", change_form(key, name="again"))

    assert "Rotate</a>" not in page
    assert "Revoke</a>" not in page
    assert response.status_code == 403
    with staff():
        assert ApiKey.objects.get().name == key.name


def test_revoke_asks_first(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    client_for: Any,
) -> None:
    one, two, third = make_key(our_practice), make_key(other_practice), make_key(our_practice)
    client = client_for(one)
    chosen = {"action": "revoke_selected", "_selected_action": [one.pk, two.pk]}

    asked = browser.post(KEYS, chosen, follow=True)

    assert asked.status_code == 200
    assert one.lookup_id in asked.content.decode()
    assert client.get("/prospects").status_code == 200
    path, _, _ = asked.redirect_chain[0][0].partition("?")
    assert path == f"{KEYS}revoke/"

    done = browser.post(path, {"key": [one.pk, two.pk]}, follow=True)

    assert "Revoked:" in done.content.decode()
    assert client.get("/prospects").status_code == 401
    with staff():
        assert set(ApiKey.objects.exclude(revoked_at=None)) == {one, two}
        assert ApiKey.objects.get(revoked_at=None) == third
        assert {entry.change_message for entry in LogEntry.objects.all()} == {"Revoked."}


def test_rotate_shows_the_new_keys_once(
    browser: DjangoClient, staff: Staff, our_practice: Practice, other_practice: Any, make_key: Any
) -> None:
    one, two = make_key(our_practice), make_key(other_practice)
    over = make_key(our_practice, revoked_at=timezone.now())
    before = timezone.now()
    asked = browser.get(f"{KEYS}rotate/", {"key": [one.pk, two.pk, over.pk]})
    assert "1 of the selected are left out" in asked.content.decode()
    form = {"key": [one.pk, two.pk, over.pk], "overlap": "24"}

    shown = browser.post(f"{KEYS}rotate/", form)

    assert shown.headers["Cache-Control"].startswith("no-store")
    texts = texts_in(shown)
    assert len(texts) == 2
    assert {status_of_token("DemoOffice", text) for text in texts} == {200, 401}
    assert status_of_token("DemoOffice", one.text) == 200
    with staff():
        one.refresh_from_db()
        assert ApiKey.objects.count() == 5
        log = "".join(entry.change_message for entry in LogEntry.objects.all())
    assert abs(one.expires_at - before - datetime.timedelta(days=1)) < datetime.timedelta(minutes=1)
    assert not any(text in log for text in texts)

    again = browser.post(f"{KEYS}rotate/", form, follow=True)

    assert texts_in(again) == []
    assert "Only active keys can be rotated." in again.content.decode()
    with staff():
        assert ApiKey.objects.count() == 5


@pytest.mark.parametrize("overlap", ["", "-1", "999999", "x"])
def test_rotate_needs_an_overlap_of_ours(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any, overlap: str
) -> None:
    key = make_key(our_practice)

    response = browser.post(f"{KEYS}rotate/", {"key": [key.pk], "overlap": overlap})

    assert response.status_code == 200
    assert texts_in(response) == []
    with staff():
        assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("page", ["rotate", "revoke"])
@pytest.mark.parametrize("chosen", [[], ["0"], ["x"], ["٣"], ["9" * 30], ["-1"]])
def test_rotate_and_revoke_of_nothing(browser: DjangoClient, page: str, chosen: list[str]) -> None:
    response = browser.get(f"{KEYS}{page}/", {"key": chosen})

    assert response.status_code == 302
    assert response.headers["Location"] == KEYS

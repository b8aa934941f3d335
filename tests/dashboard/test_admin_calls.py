"""The call log in the admin: filtered, read, and never counted to the end."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.models import ApiCall
from partners.models import Practice
from tests.partners.staff_keys import CALLS, Staff, a_call, browser

__all__ = ["browser"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {200, 404, 429, 500}),
        ("class=4", {404, 429}),
        ("class=429", {429}),
        ("class=5", {500}),
        ("class=x", {200, 404, 429, 500}),
        ("since=hour", {200, 404, 429}),
        ("since=week", {200, 404, 429, 500}),
        ("ppass=OtherOffice", {404}),
        ("ppass=nowhere", set()),
        ("q=lost", {404}),
    ],
)
def test_calls_filtered(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    query: str,
    expected: set[int],
) -> None:
    key, other = make_key(our_practice), make_key(other_practice)
    with staff():
        a_call(our_practice, key)
        a_call(other_practice, other, status=404, request_id="lost")
        a_call(our_practice, key, status=429)
        long_ago = timezone.now() - datetime.timedelta(days=2)
        a_call(our_practice, key, status=500, at=long_ago)

    page = browser.get(f"{CALLS}?{query}")

    assert page.status_code == 200
    assert {call.status for call in page.context["cl"].result_list} == expected


def test_calls_show_names_and_never_count_all(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice, name="nightly")
    with staff():
        call = a_call(our_practice, key)
        a_call(our_practice, key, key_id=None, partner_id=None, practice_id=None, status=401)
        a_call(our_practice, key, key_id=999_999, partner_id=999_999, practice_id=999_999)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(CALLS).content.decode()

    for name in ("DemoOffice", str(key.partner), "nightly", "999999", "12.5 ms"):
        assert name in page
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT 10000" in sql for sql in counts)
    assert "nightly" in browser.get(f"{CALLS}{call.pk}/change/").content.decode()


def test_calls_are_only_read(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    with staff():
        call = a_call(our_practice, make_key(our_practice))

    assert browser.get(f"{CALLS}add/").status_code == 403
    assert browser.post(f"{CALLS}{call.pk}/change/", {"status": 500}).status_code == 403
    assert browser.post(f"{CALLS}{call.pk}/delete/", {"post": "yes"}).status_code == 403
    with staff():
        assert ApiCall.objects.get(pk=call.pk).status == 200

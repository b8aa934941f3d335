"""Lists and forms of practices, partners and keys on the staff pages."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Practice
from tests.factories import PartnerFactory, PracticeFactory, ProviderFactory
from tests.partners.staff_keys import KEYS, Staff, a_call, browser

__all__ = ["browser"]


@pytest.mark.parametrize(
    ("ppass", "told"),
    [
        ("docs", "reserved word"),
        ("DEMOOFFICE", "There is a practice with this PPass already."),
        ("a b", "letters, digits"),
    ],
)
def test_new_practice_refused(
    browser: DjangoClient, our_practice: Practice, ppass: str, told: str
) -> None:
    form = {"ppass": ppass, "name": "X", "time_zone": "Europe/Berlin", "is_active": "on"}

    response = browser.post("/admin/partners/practice/add/", form)

    assert response.status_code == 200
    assert told in response.content.decode()


def test_practice_keeps_its_ppass(
    browser: DjangoClient, staff: Staff, our_practice: Practice
) -> None:
    form = {"ppass": "Other", "name": "New name", "time_zone": "Europe/Berlin", "is_sandbox": "on"}

    browser.post(f"/admin/partners/practice/{our_practice.pk}/change/", form)

    with staff():
        after = Practice.objects.get()
    assert (after.ppass, after.name, after.is_sandbox) == ("DemoOffice", "New name", False)
    assert (after.time_zone, after.is_active) == ("Europe/Berlin", False)


LISTS = {
    "partners/practice/": lambda make_key: PracticeFactory.create(),
    "partners/partner/": lambda make_key: PartnerFactory.create(),
    "partners/apikey/": lambda make_key: make_key(PracticeFactory.create()),
    "scheduling/provider/": lambda make_key: ProviderFactory.create(),
    "dashboard/apicall/": lambda make_key: a_call(
        (practice := PracticeFactory.create()), make_key(practice)
    ),
}


@pytest.mark.parametrize("path", LISTS)
def test_list_takes_the_same_queries_for_one_row_and_for_three(
    browser: DjangoClient, staff: Staff, make_key: Any, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/admin/{path}").status_code == 200
        return len(captured)

    def make_one() -> None:
        with staff():
            LISTS[path](make_key)

    make_one()
    with_one = queries()
    make_one()
    make_one()

    assert queries() == with_one


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcd"),
        ("status=active", "a"),
        ("status=expired", "b"),
        ("status=revoked", "c"),
        ("status=retiring", "d"),
        ("status=nonsense", "abcd"),
        ("ppass=demooffice", "ab"),
        ("ppass=OtherOffice&status=revoked", "c"),
        ("ppass=nowhere", ""),
        ("partner=Nobody", ""),
        ("q=key-b", "b"),
        ("q=OtherOffice", "cd"),
    ],
)
def test_list_of_keys_filtered(
    browser: DjangoClient,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    query: str,
    expected: str,
) -> None:
    now = timezone.now()
    active = make_key(our_practice, name="key-a")
    make_key(our_practice, name="key-b", expires_at=now - datetime.timedelta(days=1))
    make_key(other_practice, name="key-c", revoked_at=now)
    make_key(
        other_practice,
        name="key-d",
        expires_at=now + datetime.timedelta(days=1),
        replaced_by=active,
    )

    page = browser.get(f"{KEYS}?{query}")

    assert page.status_code == 200
    found = {key.name.removeprefix("key-") for key in page.context["cl"].result_list}
    assert found == set(expected)


def test_key_of_a_practice_that_is_off(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    make_key(our_practice)
    with staff():
        Practice.objects.update(is_active=False)

    page = browser.get(KEYS).content.decode()

    assert "its practice is off" in page


def test_autocomplete(
    browser: DjangoClient, our_practice: Practice, other_practice: Practice
) -> None:
    query = {
        "app_label": "partners",
        "model_name": "apikey",
        "field_name": "practice",
        "term": "demo",
    }

    found = browser.get("/admin/autocomplete/", query).json()

    assert found == {
        "results": [{"id": str(our_practice.pk), "text": "DemoOffice"}],
        "pagination": {"more": False},
    }

"""A partner's own profile: its own alone, its profile fields alone, with history."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from partners import profile, tenancy
from partners.models import Partner, PartnerEvent
from tests.client import Client
from tests.factories import PartnerFactory
from tests.staff_pages import signed_in


@pytest.fixture
def another(other_practice: Any, make_key: Any, client_for: Any) -> Client:
    """A client of another partner, with a key for the other practice."""
    made: Client = client_for(make_key(other_practice, partner=PartnerFactory.create(name="Rival")))
    return made


def test_each_sees_and_changes_itself(ours: Client, another: Client, partner: Partner) -> None:
    before = another.get("/v1/me").json()["data"]

    ours.patch("/v1/me", {"contactName": "Kim", "email": "kim@example.com"})

    assert ours.get("/v1/me").json()["data"]["contactName"] == "Kim"
    assert before["name"] == "Rival"
    assert another.get("/v1/me").json()["data"] == before


def test_both_keys_of_a_partner_see_one_profile(ours: Client, theirs: Client) -> None:
    ours.patch("/v1/me", {"phone": "555-0100"})

    one, other = (client.get("/v1/me").json()["data"] for client in (ours, theirs))

    assert one["phone"] == other["phone"] == "555-0100"
    assert (one["key"]["practice"], other["key"]["practice"]) == ("DemoOffice", "OtherOffice")
    assert one["key"]["id"] != other["key"]["id"]


@pytest.mark.parametrize("name", ["Rival", "RIVAL"])
def test_name_of_another_is_refused(ours: Client, another: Client, name: str) -> None:
    before = ours.get("/v1/me").json()

    answer = ours.patch("/v1/me", {"name": name, "phone": "555-0100"})

    assert answer.status_code == 409
    assert [fault["field"] for fault in answer.json()["errors"]] == ["name"]
    assert ours.get("/v1/me").json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "nobody"}, "email"),
        ({"alertEmail": "a b@example.com"}, "alertEmail"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://example.com"}, "website"),
        ({"website": "example.com"}, "website"),
        ({"website": "https://example.com/" + "x" * 200}, "website"),
        ({"phone": 5}, "phone"),
        ({"phone": "x" * 51}, "phone"),
        ({"contactName": "a\0b"}, "contactName"),
        ({"company_name": "x"}, "company_name"),
        ({"key": {"scopes": ["KB"]}}, "key"),
        ({"rateLimit": 1_000_000}, "rateLimit"),
        ([], ""),
    ],
)
def test_bad_profile_is_refused_and_named(ours: Client, body: Any, field: str) -> None:
    before = ours.get("/v1/me").json()

    answer = ours.patch("/v1/me", body)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert ours.get("/v1/me").json() == before


def test_stale_change_is_refused(ours: Client) -> None:
    seen = ours.get("/v1/me")["ETag"]
    assert ours.get("/v1/me", None, If_None_Match=seen).status_code == 304

    fresh = ours.patch("/v1/me", {"phone": "555-0100"}, If_Match=seen)
    stale = ours.patch("/v1/me", {"phone": "555-0199"}, If_Match=seen)

    assert (fresh.status_code, stale.status_code) == (200, 412)
    assert fresh["ETag"] == ours.get("/v1/me")["ETag"]


def test_use_of_the_key_leaves_the_etag_as_it_is(
    our_practice: Any, make_key: Any, client_for: Any, staff: Any
) -> None:
    key = make_key(our_practice)
    client = client_for(key)
    before = client.get("/v1/me")

    with staff():
        key.last_used_at = key.created_at
        key.save()
    after = client.get("/v1/me")

    assert before.json()["data"]["key"]["lastUsedAt"] is None
    assert after.json()["data"]["key"]["lastUsedAt"] is not None
    assert before["ETag"] == after["ETag"]


def test_limit_of_the_key_is_told(our_practice: Any, make_key: Any, client_for: Any) -> None:
    client = client_for(make_key(our_practice, rate_limit=7))

    assert client.get("/v1/me").json()["data"]["rateLimit"] == 7


def test_history_names_the_key_or_the_staff(
    our_practice: Any, make_key: Any, client_for: Any, partner: Partner, staff: Any
) -> None:
    key = make_key(our_practice)

    client_for(key).patch("/v1/me", {"phone": "555-0100"}, X_Request_Id="mine")
    client_for(key).patch("/v1/me", {"phone": "555-0100"})
    with tenancy.acting_as(tenancy.STAFF, staff="maria"):
        Partner.objects.filter(pk=partner.pk).update(is_active=False)

    with staff():
        told = PartnerEvent.objects.filter(id=partner.pk, pgh_label="update").order_by("pgh_id")
        rows = list(told.values_list("phone", "is_active", "pgh_context"))
    who = {"key": key.pk, "partner": partner.pk, "request": "mine"}
    assert rows == [("555-0100", True, who), ("555-0100", False, {"staff": "maria"})]


def test_staff_see_what_a_partner_changed(ours: Client, partner: Partner, staff: Any) -> None:
    ours.patch("/v1/me", {"phone": "555-0100"}, X_Request_Id="theirs")
    browser = signed_in(staff)

    page = browser.get(f"/admin/partners/partner/{partner.pk}/history/").content.decode()

    assert "555-0100" in page
    assert "request theirs" in page


def test_functions_answer_for_the_one_that_calls_and_nobody_else(partner: Partner) -> None:
    rows = "SELECT id, name FROM partners_profile(true)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(rows)
        assert cursor.fetchall() == []
        cursor.execute("SELECT partners_change_profile('x', 'x', 'x', 'x', 'x', 'x', 'x')")
        cursor.execute("SELECT set_config('app.partner_id', %s, true)", [str(partner.pk)])
        cursor.execute(rows)
        assert cursor.fetchall() == [(partner.pk, partner.name)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM partners_partner",
        "UPDATE partners_partner SET is_active = true",
        "SELECT * FROM partners_partnerevent",
    ],
)
def test_serving_role_may_not(partner: Partner, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_fields_that_are_no_profile_have_no_way_in(partner: Partner) -> None:
    with pytest.raises(ValueError, match="is_active"):
        profile.change({"phone": "1", "is_active": "true"})

"""Operators' commands that rotate, revoke and list keys."""

import datetime
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from partners.models import ApiKey, Practice
from tests.client import status_of_token
from tests.partners.commands import Staff, run

__all__ = ["run"]


def test_rotate_api_key(run: Any, staff: Staff, our_practice: Practice, make_key: Any) -> None:
    old = make_key(our_practice, ["Prospects", "KB"], allowed_networks=["127.0.0.0/8"])
    before = timezone.now()

    facts = run("rotate_api_key", str(old.pk), "--overlap", "2h", "--json").facts

    with staff():
        old.refresh_from_db()
    assert facts["id"] == old.replaced_by_id
    assert facts["scopes"] == ["Prospects", "KB"]
    assert facts["allowedNetworks"] == ["127.0.0.0/8"]
    assert facts["replaces"]["id"] == old.pk
    assert facts["replaces"]["lookupId"] == old.lookup_id
    assert abs(old.expires_at - before - datetime.timedelta(hours=2)) < datetime.timedelta(
        minutes=1
    )
    assert status_of_token("DemoOffice", facts["key"]) == 200
    assert status_of_token("DemoOffice", old.text) == 200


def test_rotate_api_key_without_overlap(run: Any, our_practice: Practice, make_key: Any) -> None:
    old = make_key(our_practice)

    facts = run("rotate_api_key", old.lookup_id, "--overlap", "0", "--json").facts

    assert status_of_token("DemoOffice", facts["key"]) == 200
    assert status_of_token("DemoOffice", old.text) == 401


def test_rotate_api_key_twice(
    run: Any, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    old = make_key(our_practice)
    new = run("rotate_api_key", str(old.pk), "--json").facts

    with pytest.raises(CommandError) as refusal:
        run("rotate_api_key", str(old.pk))

    assert f"manage.py rotate_api_key {new['id']}" in str(refusal.value)
    with staff():
        assert ApiKey.objects.count() == 2


def test_rotate_api_key_that_has_ended(run: Any, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice, revoked_at=timezone.now())

    with pytest.raises(CommandError, match="is revoked; only a key that works"):
        run("rotate_api_key", str(key.pk))


@pytest.mark.parametrize("name", ["pk", "lookup_id", "text"])
def test_revoke_api_key(
    run: Any, our_practice: Practice, make_key: Any, client_for: Any, name: str
) -> None:
    key, other = make_key(our_practice), make_key(our_practice)
    client = client_for(key)
    assert client.get("/prospects").status_code == 200

    facts = run("revoke_api_key", str(getattr(key, name)), "--json").facts

    assert (facts["id"], facts["status"]) == (key.pk, "revoked")
    assert "key" not in facts
    assert client.get("/prospects").status_code == 401
    assert status_of_token("DemoOffice", key.text) == 401
    assert status_of_token("DemoOffice", other.text) == 200


def test_revoke_api_key_twice(run: Any, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice)
    first = run("revoke_api_key", str(key.pk), "--json")

    second = run("revoke_api_key", str(key.pk), "--json")

    assert second.facts == first.facts
    assert "revoked before" in second.err


def test_key_that_there_is_not(run: Any, our_practice: Practice, make_key: Any) -> None:
    secret = make_key(our_practice).text.replace("live", "test", 1)[:-1] + "_"

    for wrong in ("77", "9" * 30, "nothing", "", secret.replace("_", "_0", 2)):
        with pytest.raises(CommandError, match="There is no key") as refusal:
            run("revoke_api_key", wrong)
        assert len(wrong) <= 8 or wrong not in str(refusal.value)


def test_list_api_keys(
    run: Any,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
) -> None:
    now = timezone.now()
    day = datetime.timedelta(days=1)
    active = make_key(our_practice, name="[red]sync[/red]")
    expired = make_key(our_practice, expires_at=now - day)
    revoked = make_key(other_practice, revoked_at=now)
    retiring = make_key(other_practice, expires_at=now + day, replaced_by=active)

    def listed(*arguments: str) -> list[int]:
        return [key["id"] for key in run("list_api_keys", *arguments, "--json").facts]

    assert listed() == [retiring.pk, revoked.pk, expired.pk, active.pk]
    assert listed("--ppass", "demooffice") == [expired.pk, active.pk]
    assert listed("--partner", "nobody") == []
    assert listed("--status", "active") == [active.pk]
    assert listed("--status", "expired") == [expired.pk]
    assert listed("--status", "revoked") == [revoked.pk]
    assert listed("--status", "retiring") == [retiring.pk]
    for said in (run("list_api_keys"), run("list_api_keys", "--json")):
        assert "[red]sync[/red]" in said.out
        for key in (active, expired, revoked, retiring):
            assert key.lookup_id in said.out
            assert key.digest not in said.out
            assert key.text not in said.out


def test_list_api_keys_without_any(run: Any, database: None) -> None:
    assert run("list_api_keys").out == "No keys.\n"
    assert run("list_api_keys", "--json").facts == []

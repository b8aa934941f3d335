"""Operators' commands that make practices, partners and keys."""

from typing import Any

import pytest
from django.core.management.base import CommandError

from partners.models import ApiKey, Partner, Practice
from partners.scopes import ALL_SCOPES
from tests.client import status_of_token
from tests.partners.commands import NEW_KEY, Staff, run

__all__ = ["run"]


def test_create_practice(run: Any, staff: Staff) -> None:
    said = run(
        "create_practice", "Harbor", "--name", "Harbor Clinic", "--time-zone", "America/Chicago",
        "--sandbox", "--json",
    )  # fmt: skip

    with staff():
        practice = Practice.objects.get(ppass="Harbor")
    assert {**said.facts, "id": 0, "createdAt": ""} == {
        "id": 0,
        "ppass": "Harbor",
        "name": "Harbor Clinic",
        "timeZone": "America/Chicago",
        "isSandbox": True,
        "isActive": True,
        "createdAt": "",
    }
    assert said.facts["id"] == practice.pk
    assert said.facts["createdAt"].endswith("Z")


def test_create_practice_twice(run: Any, staff: Staff) -> None:
    first = run("create_practice", "Harbor", "--name", "Harbor Clinic", "--json")

    second = run("create_practice", "HARBOR", "--name", "Another", "--json")

    assert second.facts == first.facts
    assert "exists already" in second.err
    assert "keeps its name, 'Harbor Clinic'" in second.err
    with staff():
        assert Practice.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["docs"], "reserved word"),
        (["Ärzte"], "letters, digits"),
        (["x"], "2 to 40"),
        (["Harbor", "--time-zone", "America/NewYork"], "did you mean America/New_York?"),
        (["Harbor", "--time-zone", "nowhere at all"], "not an IANA time zone"),
    ],
)
def test_create_practice_refused(run: Any, staff: Staff, arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told.replace("?", r"\?")):
        run("create_practice", *arguments)

    with staff():
        assert not Practice.objects.exists()


def test_create_partner_twice(run: Any, staff: Staff) -> None:
    first = run(
        "create_partner", "Bright CRM", "--company", "Bright Inc.", "--email", "api@bright.example",
        "--json",
    )  # fmt: skip

    second = run("create_partner", "bright crm", "--json")

    assert second.facts == first.facts
    assert {**first.facts, "id": 0, "createdAt": ""} == {
        "id": 0,
        "name": "Bright CRM",
        "companyName": "Bright Inc.",
        "contactName": "",
        "email": "api@bright.example",
        "phone": "",
        "website": "",
        "alertEmail": "",
        "isActive": True,
        "createdAt": "",
    }
    assert "exists already" in second.err
    with staff():
        assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    "arguments", [["Bright", "--email", "nobody"], ["Bright", "--website", "x"]]
)
def test_create_partner_refused(run: Any, staff: Staff, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run("create_partner", *arguments)

    with staff():
        assert not Partner.objects.exists()


def test_create_api_key(
    run: Any, staff: Staff, our_practice: Practice, other_practice: Practice
) -> None:
    said = run(
        *NEW_KEY, "--scopes", "patients,Prospects", "--name", "nightly", "--expires", "2999-01-31",
        "--network", "127.0.0.1", "2001:db8::/32", "--rate-limit", "60", "--json",
    )  # fmt: skip

    with staff():
        key = ApiKey.objects.get()
    facts = said.facts
    text = facts.pop("key")
    assert facts == {
        "id": key.pk,
        "lookupId": key.lookup_id,
        "name": "nightly",
        "partner": "Bright CRM",
        "ppass": "DemoOffice",
        "status": "active",
        "scopes": ["Prospects", "Patients"],
        "expiresAt": "2999-01-31T23:59:59Z",
        "allowedNetworks": ["127.0.0.1/32", "2001:db8::/32"],
        "rateLimit": 60,
        "createdAt": facts["createdAt"],
        "lastUsedAt": None,
        "revokedAt": None,
        "replacedBy": None,
    }
    assert text.startswith(f"emr_live_{key.lookup_id}_")
    assert status_of_token("DemoOffice", text) == 200
    assert status_of_token("OtherOffice", text) == 401
    assert "Made partner Bright CRM." in said.err
    assert text not in said.err


def test_create_api_key_for_eyes(run: Any, our_practice: Practice) -> None:
    said = run(*NEW_KEY, "--scopes", "all")

    assert said.out.count("emr_live_") == 1
    assert "stored nowhere" in said.out


def test_create_api_key_of_sandbox(run: Any, staff: Staff) -> None:
    run("create_practice", "Sand", "--sandbox")

    said = run("create_api_key", "--partner", "B", "--ppass", "sand", "--scopes", "all", "--json")

    assert said.facts["key"].startswith("emr_test_")
    assert said.facts["ppass"] == "Sand"
    assert said.facts["scopes"] == list(ALL_SCOPES)


def test_create_api_key_again_tells_of_the_first(run: Any, our_practice: Practice) -> None:
    first = run(*NEW_KEY, "--scopes", "KB", "--json").facts

    second = run(*NEW_KEY, "--scopes", "KB", "--json")

    assert second.facts["key"] != first["key"]
    assert f"revoke_api_key {first['id']}" in second.err


def test_create_api_key_warns_of_what_is_off(
    run: Any, staff: Staff, our_practice: Practice
) -> None:
    with staff():
        Practice.objects.update(is_active=False)

    said = run(*NEW_KEY, "--scopes", "KB", "--json")

    assert "Practice DemoOffice is switched off" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scopes", "Prospect,KB"], "'Prospect' is no scope; did you mean Prospects?"),
        (["--scopes", "Wrong"], "There are: Prospects, Providers"),
        (["--scopes", ","], "name at least one"),
        (["--scopes", "KB", "--expires", "2020-01-01"], "has passed already"),
        (["--scopes", "KB", "--expires", "2027-02-30"], "neither a date"),
        (["--scopes", "KB", "--expires", "tomorrow"], "neither a date"),
        (["--scopes", "KB", "--expires", "2999-01-01T10:00"], "no time zone"),
        (["--scopes", "KB", "--network", "10.0.0.1/8"], "did you mean 10.0.0.0/8?"),
        (["--scopes", "KB", "--network", "office"], "neither an address nor a range"),
        (["--scopes", "KB", "--rate-limit", "0"], "calls a minute"),
        (["--scopes", "KB", "--name", "x" * 101], "at most 100 characters"),
        (["--scopes", "KB", "--ppass", "DemoOfice"], "Did you mean DemoOffice?"),
        (["--scopes", "KB", "--ppass", "Elsewhere"], "manage.py create_practice Elsewhere"),
    ],
)
def test_create_api_key_refused(
    run: Any, staff: Staff, our_practice: Practice, arguments: list[str], told: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        run(*NEW_KEY, *arguments)

    assert told in str(refusal.value)
    with staff():
        assert not ApiKey.objects.exists()
        assert not Partner.objects.exists()

"""Operators' commands, as functions and as a process of their own."""

import datetime
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from emrapi import embedded
from partners.models import ApiKey, Partner, Practice
from partners.scopes import ALL_SCOPES
from tests.client import Client
from tests.process import manage

Staff = Callable[[], AbstractContextManager[None]]


class Said(NamedTuple):
    """What a command wrote to stdout and to stderr."""

    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(staff: Staff) -> Callable[..., Said]:
    def run(*arguments: str) -> Said:
        out, err = StringIO(), StringIO()
        with staff():
            call_command(*arguments, stdout=out, stderr=err)
        return Said(out.getvalue(), err.getvalue())

    return run


def status_of_token(ppass: str, key: str) -> int:
    return Client(ppass=ppass).post("/auth/token", {"apiKey": key}).status_code


NEW_KEY = ("create_api_key", "--partner", "Bright CRM", "--ppass", "DemoOffice")


# --- create_practice, create_partner -------------------------------------------------------------


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


# --- create_api_key ------------------------------------------------------------------------------


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


# --- rotate_api_key, revoke_api_key --------------------------------------------------------------


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


# --- list_api_keys -------------------------------------------------------------------------------


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


# --- As a process --------------------------------------------------------------------------------


def test_process_done(our_practice: Practice) -> None:
    done = manage(*NEW_KEY, "--scopes", "Prospects", "--json")

    assert (done.returncode, done.stderr) == (0, "Made partner Bright CRM.\n")
    assert done.stdout.count("\n") == 1
    assert status_of_token("DemoOffice", json.loads(done.stdout)["key"]) == 200


def test_process_failed(database: None) -> None:
    failed = manage(*NEW_KEY, "--scopes", "Prospects", "--json")

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.endswith(
        "create_api_key: There is no practice 'DemoOffice'."
        " Make it: manage.py create_practice DemoOffice\n"
    )
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "required: --scopes"),
        (["--scopes", "Prospect"], "did you mean Prospects?"),
        (["--scopes", "KB", "--name", "x" * 101], "create_api_key: name: Ensure"),
    ],
)
def test_process_wrong_usage(our_practice: Practice, arguments: list[str], told: str) -> None:
    wrong = manage(*NEW_KEY, *arguments)

    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert told in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize(
    ("database_url", "told"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "The database does not answer"),
        (None, "Run: manage.py migrate"),
    ],
)
def test_process_without_database(database: None, database_url: str | None, told: str) -> None:
    # Every PostgreSQL has a database of the name postgres, and there is nothing in it.
    empty = urlsplit(embedded.database_url())._replace(path="/postgres").geturl()

    failed = manage("list_api_keys", database_url=database_url or empty)

    assert (failed.returncode, failed.stdout) == (1, "")
    assert told in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    "command",
    [["import_products"], ["import_schedule", "--ppass", "DemoOffice"], ["import_events"]],
)
def test_file_that_there_is_not(command: list[str], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"FILE: There is no file '.*/prices\.csv'\."):
        call_command(*command, str(tmp_path / "prices.csv"))


@pytest.mark.parametrize(
    "command",
    [
        "create_practice", "create_partner", "create_api_key", "rotate_api_key", "revoke_api_key",
        "list_api_keys", "seed_demo",
    ],
)  # fmt: skip
def test_help_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command(command, "--help")

    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "--json" in shown
    assert "--settings" not in shown

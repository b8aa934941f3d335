"""Operators' commands as a person runs them, each in a process of its own; and their help."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from emrapi import embedded
from partners.models import Practice
from tests.client import status_of_token
from tests.partners.commands import NEW_KEY
from tests.process import manage


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

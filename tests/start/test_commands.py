"""manage.py and the servers: found by itself, started only for those commands that need them."""

import pytest

from tests.start.served import Place

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("serve")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["help", "migrate"],
        ["create_api_key", "--help"],
        ["check"],
        ["makemigrations", "--check", "--dry-run"],
        ["spectacular", "--file", "/dev/null"],
    ],
    ids=" ".join,
)
def test_command_that_needs_no_server_starts_none(place: Place, arguments: list[str]):
    done = place.manage(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert not (place.home / "postgres").exists()


def test_command_starts_the_servers_and_stops_them(place: Place):
    migrated = place.manage("migrate", "--verbosity", "0")
    shown = place.manage("showmigrations", "--plan")
    checked = place.manage("check", "--database", "default")

    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert "[ ]" not in shown.stdout
    assert "[X]" in shown.stdout
    assert (checked.returncode, checked.stderr) == (0, "")
    assert place.processes() == {}


def test_commands_work_as_the_role_meant_for_them(used_place: Place):
    code = (
        "from django.db import connection as c; "
        "print(c.cursor().execute('SELECT current_user').fetchone()[0])"
    )

    staff = used_place.manage("shell", "--no-imports", "--command", code)
    owner = used_place.manage("dbshell", "--", "-tAc", "SELECT current_user")

    assert (staff.stdout, staff.stderr) == ("emr_staff\n", "")
    assert (owner.stdout, owner.stderr) == ("emrapi\n", "")

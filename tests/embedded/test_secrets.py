"""The secrets of an install."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emrapi import embedded
from emrapi.embedded import EmbeddedError, folders
from tests.embedded.conftest import Place

NAMES = {"SECRET_KEY", "JWT_KEYS", "KEY_PEPPERS", "FIELD_KEYS", "ADMIN_SECRETS"}


def test_secrets_are_made_once_for_their_owner_only(place: Place):
    made = embedded.install_secrets()

    assert made.keys() == NAMES
    assert len(set(made.values())) == len(NAMES)
    assert all(made[name].startswith("v1:") for name in ("JWT_KEYS", "KEY_PEPPERS", "FIELD_KEYS"))
    assert all(len(value.removeprefix("v1:")) >= 43 for value in made.values())
    assert embedded.install_secrets() == made == place.secrets()
    found = (place.home / "secrets.json").stat()
    assert (found.st_mode & 0o777, found.st_uid) == (0o600, os.geteuid())


def test_secrets_of_two_installs_differ(place: Place, monkeypatch: pytest.MonkeyPatch):
    ours = embedded.install_secrets()
    monkeypatch.setenv("EMBEDDED_HOME", str(place.folder / "other"))

    theirs = embedded.install_secrets()

    assert all(ours[name] != theirs[name] for name in NAMES)


def test_secrets_made_by_several_processes_at_once_are_the_same(place: Place):
    code = "from emrapi import embedded; print(embedded.install_secrets()['SECRET_KEY'])"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=place.variables(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]

    found = {racer.communicate()[0].strip() for racer in racers}

    assert found == {place.secrets()["SECRET_KEY"]}


def test_secret_that_a_new_release_needs_is_added_to_the_old_ones(place: Place):
    old = embedded.install_secrets()
    del old["FIELD_KEYS"]
    (place.home / "secrets.json").write_text(json.dumps(old))

    new = embedded.install_secrets()

    assert new.keys() == NAMES
    assert {name: new[name] for name in old} == old


def test_run_folder_that_somebody_else_made_is_refused(place: Place, tmp_path: Path):
    target = tmp_path / "target"
    target.mkdir()
    trap = place.folder / "run"
    trap.symlink_to(target)

    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        folders.make_private(trap)

"""What a new install gets before it serves: tables and demo data."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from emrapi import embedded


class FirstRunError(Exception):
    """A step of the first run failed; what it said has been printed."""


def prepare() -> dict[str, Any]:
    """Migrate, and make the demo data, each only if that is not done yet.

    Answers what the start screen shows: what seed_demo printed on the first run, but for a password
    that staff have changed since. A production gets the tables alone, so its answer is empty.
    """
    _migrate()
    if settings.IN_PRODUCTION:
        return {}
    kept = _kept()
    if kept.exists():
        known = json.loads(kept.read_text())
    else:
        demo = _seed()
        known = {"demo": demo, "hash": _staff(demo).password}
        embedded.write_private(kept, json.dumps(known, indent=2))
    demo, staff = known["demo"], _staff(known["demo"])
    # Hashes are compared before passwords, which are slow to check by design.
    password = demo["staff"]["password"]
    if staff.password != known["hash"] and not (password and staff.check_password(password)):
        demo["staff"]["password"] = None
    connection.close()
    return dict(demo)


def _staff(demo: dict[str, Any]) -> User:
    """The account that seed_demo told of; an unsaved one when it has been removed."""
    name = demo["staff"]["username"]
    return User.objects.filter(username=name).first() or User(username=name)


def _migrate() -> None:
    # The command takes a second even when there is nothing to do.
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _kept() -> Path:
    """Where the answer is kept for the next start: one file for each database."""
    database = hashlib.sha256(embedded.database_url().encode()).hexdigest()[:8]
    return embedded.make_home() / f"first-run-{database}.json"


def _seed() -> dict[str, Any]:
    # In a process of its own, because it works as the staff role and this one as the owner. New
    # keys, because those that may be there already have been shown once and to somebody else.
    command = [sys.executable, "manage.py", "seed_demo", "--new-key", "--json"]
    seeded = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": embedded.database_url(), "REDIS_URL": embedded.redis_url()}
        | {"DATABASE_ROLE": "emr_staff"},
        stdout=subprocess.PIPE,
        check=False,
    )
    if seeded.returncode:
        raise FirstRunError("The demo data could not be made; see above.")
    return dict(json.loads(seeded.stdout))

"""What a new install gets before it serves: tables, demo data and somebody who can sign in."""

import hashlib
import json
import os
import secrets
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

STAFF_NAME = "admin"


class FirstRunError(Exception):
    """A step of the first run failed; what it said has been printed."""


def prepare() -> dict[str, Any]:
    """Migrate, seed and make the staff account, each only if that is not done yet.

    Answers what the start screen shows: `demo`, as seed_demo printed it, and `password`, None when
    staff have changed it since. A production gets the tables alone, so its answer is empty.
    """
    _migrate()
    if settings.IN_PRODUCTION:
        return {}
    kept = _kept()
    if kept.exists():
        known: dict[str, Any] = json.loads(kept.read_text())
    else:
        known = {"demo": _seed(), "password": secrets.token_urlsafe(12)}
        embedded.write_private(kept, json.dumps(known, indent=2))
    staff = User.objects.filter(username=STAFF_NAME).first()
    if staff is None:
        staff = User.objects.create_superuser(STAFF_NAME, password=known["password"])
        known["hash"] = staff.password
        embedded.write_private(kept, json.dumps(known, indent=2))
    connection.close()
    # Hashes are compared before passwords, which are slow to check by design.
    unchanged = known.get("hash") == staff.password or staff.check_password(known["password"])
    return {"demo": known["demo"], "password": known["password"] if unchanged else None}


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
    # In a process of its own, because it works as the staff role and this one as the owner.
    command = [sys.executable, "manage.py", "seed_demo", "--json"]
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

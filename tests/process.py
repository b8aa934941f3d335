"""Commands as a person runs them: in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from emrapi import embedded

PROJECT = Path(__file__).resolve().parents[1]


def environment(*, database_url: str = "", **variables: str) -> dict[str, str]:
    """That of a `manage.py` on the test database, under its own settings and role."""
    if not database_url:
        url = urlsplit(embedded.database_url())
        database_url = url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_ROLE"}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "emrapi.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": embedded.redis_url(),
        **variables,
    }


def manage(
    *arguments: str, database_url: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """`manage.py …` on the test database."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(database_url=database_url, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

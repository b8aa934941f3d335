#!/usr/bin/env python
"""Django's command line; it finds the embedded servers by itself, running or not."""

import os
import sys
import warnings
from pathlib import Path

from emrapi import embedded

# These work as the login that owns the tables; all others as the staff role.
OWNER_COMMANDS = frozenset(
    "check createcachetable dbshell flush inspectdb makemigrations migrate optimizemigration "
    "pgtrigger serve showmigrations spectacular sqlflush sqlmigrate sqlsequencereset "
    "squashmigrations".split()
)
# These need no server; `serve` starts them itself, once it has said so.
SERVERLESS_COMMANDS = frozenset(
    "check collectstatic compilemessages diffsettings findstatic help makemessages makemigrations "
    "serve spectacular sqlmigrate startapp startproject version".split()
)


def needs_servers(arguments: list[str]) -> bool:
    if not arguments or arguments[0].startswith("-") or {"-h", "--help"} & set(arguments):
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return arguments[0] not in SERVERLESS_COMMANDS


def main() -> None:
    arguments = sys.argv[1:]
    command = arguments[0] if arguments else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emrapi.settings")
    os.environ.setdefault("DATABASE_ROLE", "" if command in OWNER_COMMANDS else "emr_staff")
    if needs_servers(arguments):
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            sys.exit(f"{Path(sys.argv[0]).name}: {error}")
    if command == "makemigrations":
        # It compares with the database where there is one, and warns where there is none.
        warnings.filterwarnings("ignore", message="Got an error checking a consistent migration")
    if command == "dbshell" and not os.environ.get("DATABASE_URL"):
        os.environ.update(embedded.client_environment())

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")


if __name__ == "__main__":
    main()

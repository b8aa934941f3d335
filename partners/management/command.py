"""What operators' commands have in common: `--json`, exit codes, errors that a person can read.

Exit codes: 0 done (also when there was nothing left to do), 1 failed, 2 wrong usage. The
answer goes to stdout, all else to stderr, so that `--json` can be piped.
"""

import argparse
import getpass
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import InterfaceError, OperationalError, ProgrammingError, transaction
from django.db import connection as database
from django.db.models import Model

from partners.audit import note_command
from partners.tenancy import name_actor


class Failed(CommandError):
    """What was asked for cannot be done; the message says why and what to do. Exit code 1."""


class WrongUsage(CommandError):
    """What was asked for makes no sense; the message names the option. Exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: `facts` with --json, else `text`."""

    facts: Any
    text: str


class _HelpFormatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of the examples."""


class OperatorCommand(BaseCommand):
    """A command whose work is `perform`, done in one transaction that history can name."""

    examples: ClassVar[str] = ""
    # False: `perform` opens transactions of its own, and calls `name_operator` in each.
    atomic: ClassVar[bool] = True
    # False: it only looks, or works all day, and the audit log does without.
    is_noted: ClassVar[bool] = True
    # Of what kind the `id` is that its answer has, for the audit log.
    concerns: ClassVar[type[Model] | None] = None

    requires_system_checks = []
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
        "--force-color",
    }  # fmt: skip

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples below the options."""
        epilog = f"examples:\n{self.examples}" if self.examples else None
        return super().create_parser(
            prog_name, subcommand, epilog=epilog, formatter_class=_HelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json; commands add theirs."""
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def perform(self, **options: Any) -> Answer:
        """Do the work. Raises Failed, WrongUsage or ValidationError."""
        raise NotImplementedError

    def note(self, text: str) -> None:
        """Tell the operator something beside the answer."""
        self.stderr.write(text, self.style.NOTICE)

    def note_existing(self, row: Model, asked: Mapping[str, Any], what: str) -> None:
        """Tell that the row was there before, and which of the facts asked for it does not have."""
        self.note(f"{what} exists already.")
        for field, value in asked.items():
            if (kept := getattr(row, field)) != value:
                name = field.replace("_", " ")
                self.note(f"It keeps its {name}, {kept!r}; change that in the admin.")

    def name_operator(self) -> None:
        """Say, for this transaction, who is to be named in the history of what changes."""
        name_actor(command=self._name, operator=_operator())

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the work, commit, and only then say what was done."""
        try:
            answer = self._perform(options)
        except ValidationError as error:
            raise WrongUsage(readable(error)) from error
        except (OperationalError, InterfaceError) as error:
            raise Failed(f"The database does not answer: {_first_line(error)}") from error
        except ProgrammingError as error:
            if database.connection is None or "does not exist" not in str(error):
                raise
            raise Failed(
                f"The database is not up to date ({_first_line(error)}). Run: manage.py migrate"
            ) from error
        self.stdout.write(as_json(answer.facts) if options["json"] else answer.text)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django does, but say what went wrong without the name of an exception's class."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            self.stderr.write(f"{self._name}: {error}")
            sys.exit(error.returncode)

    @property
    def _name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def _perform(self, options: dict[str, Any]) -> Answer:
        if not self.atomic:
            answer = self.perform(**options)
            if self.is_noted:
                with transaction.atomic():
                    self.name_operator()
                    self._note(answer)
            return answer
        with transaction.atomic():
            self.name_operator()
            answer = self.perform(**options)
            if self.is_noted and not transaction.get_rollback():
                self._note(answer)
            return answer

    def _note(self, answer: Answer) -> None:
        number = answer.facts["id"] if self.concerns else ""
        note_command(self._name, self.concerns, number)


def as_json(facts: Any) -> str:
    """One line of JSON, its instants in UTC with `Z`."""
    return orjson.dumps(facts, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS).decode()


def readable(error: ValidationError) -> str:
    """Every fault on a line of its own, after the name of its field."""
    if not hasattr(error, "error_dict"):
        return "\n".join(error.messages)
    return "\n".join(
        " ".join(messages)
        if field == "__all__"
        else f"{field.replace('_', ' ')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )


def table_of(facts: Mapping[str, Any]) -> str:
    """Names and values in two columns, for eyes; what has no value is left out."""
    shown = {name: _shown(value) for name, value in facts.items() if value not in (None, "", [])}
    width = max(map(len, shown), default=0)
    return "\n".join(f"  {name.ljust(width)}  {value}" for name, value in shown.items())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:%Y-%m-%d %H:%M} UTC" if hasattr(value, "strftime") else str(value)


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"  # an account without a name, as in many containers


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]

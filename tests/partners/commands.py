"""Operators' commands, run as functions."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command

Staff = Callable[[], AbstractContextManager[None]]
NEW_KEY = ("create_api_key", "--partner", "Bright CRM", "--ppass", "DemoOffice")


class Said(NamedTuple):
    """What a command wrote to stdout and to stderr."""

    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(staff: Staff) -> Callable[..., Said]:
    """Run a command as staff do; what it said."""

    def run(*arguments: str) -> Said:
        out, err = StringIO(), StringIO()
        with staff():
            call_command(*arguments, stdout=out, stderr=err)
        return Said(out.getvalue(), err.getvalue())

    return run

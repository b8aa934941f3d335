"""The way in for the EMR as the guide describes it, by a login that can do nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.process import PROJECT
from webhooks.models import LogEntry

GUIDE = (PROJECT / "docs" / "operators.md").read_text()
MAKE_LOGIN, INSERT = (
    re.sub(r"^    ", "", found, flags=re.MULTILINE)
    for found in re.search(
        r"^(    CREATE ROLE emr LOGIN.*?;)\n\n(    INSERT INTO webhooks_log.*?;)$",
        GUIDE,
        re.MULTILINE | re.DOTALL,
    ).groups()
)


@pytest.fixture
def emr(database: None, owner: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """The EMR's own login."""
    # Roles belong to all databases of the server, and each has tests of its own running.
    login = f"{connection.settings_dict['NAME']}_emr"
    owner.execute(MAKE_LOGIN.replace("ROLE emr ", f"ROLE {login} ", 1))
    parameters = connection.get_connection_params()
    for name in ("context", "cursor_factory", "options"):
        parameters.pop(name, None)
    try:
        with psycopg.connect(**{**parameters, "user": login}, autocommit=True) as opened:
            yield opened
    finally:
        owner.execute(f"DROP ROLE {login}")


def test_statement_of_the_guide_writes_an_event(our_practice, emr, staff):
    emr.execute(INSERT)

    with staff():
        (entry,) = LogEntry.objects.all()
    assert (entry.practice_id, entry.scope, entry.event, entry.object_id, entry.data) == (
        our_practice.pk,
        "Claims",
        "claim.paid",
        4711,
        {"ClaimID": 4711},
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM webhooks_log",
        "UPDATE webhooks_log SET event = 'claim.lost'",
        "DELETE FROM webhooks_log",
        "SELECT * FROM webhooks_delivery",
        "SELECT secret FROM webhooks_subscription",
        "SELECT * FROM webhooks_listener",
        "SELECT * FROM webhooks_lag()",
        "SELECT * FROM webhooks_numbering",
        "SELECT * FROM prospects_person",
        "SELECT name FROM partners_practice",
        "SET ROLE emr_staff",
        "SET ROLE emr_web",
    ],
)
def test_the_login_can_do_nothing_else(emr, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        emr.execute(statement)

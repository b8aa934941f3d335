"""The cast and the stage: two practices, keys with scopes, a database used as the server uses it.

The test database is made by its owner; then every connection runs as `emr_web`, so that a test sees
what the server would see. Tests commit for real, and what they wrote is wiped after each.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from whitenoise.middleware import WhiteNoiseMiddleware

from dashboard.calls import CallWriter, writer
from emrapi import embedded
from emrapi.celery import app as celery
from partners import tenancy, tokens
from partners.models import ApiKey, Partner, Practice
from partners.scopes import ALL_SCOPES
from tests.browser import chromium
from tests.client import Client
from tests.factories import ApiKeyFactory, PartnerFactory, PracticeFactory
from tests.start.served import Place, Served, free_port
from tests.wiping import Wiper


def _connect_as(role: str) -> None:
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"-c timezone=UTC -c role={role}" if role else "-c timezone=UTC"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who asks for more time comes first, lest one process waits for the other's last test."""
    usual = float(config.getini("timeout"))

    def is_short(item: pytest.Item) -> bool:
        asked = item.get_closest_marker("timeout")
        return asked is None or asked.args[0] <= usual

    items.sort(key=is_short)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was left out."""
    if not chromium.may_run():
        terminalreporter.write_line(f"SKIPPED tests/browser: {chromium.MISSING}")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Make the database as its owner, then use it as the serving role."""
    embedded.ensure()
    with django_db_blocker.unblock():
        _connect_as("")
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        _connect_as(tenancy.WEB)
    yield
    with django_db_blocker.unblock():
        _connect_as("")
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _no_call_log_thread() -> Iterator[None]:
    """The call log is written when a test asks for it, not by a thread in the midst of another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallWriter, "_start", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once() -> Iterator[None]:
    """They are looked for by the first client that a test makes, not by each of them."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session")
def owner(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the tables' owner, whom no policy holds."""
    parameters = connection.get_connection_params()
    parameters.pop("options", None)
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def wipe(owner: psycopg.Connection[Any]) -> Wiper:
    """Empty every table that is not, but for those that migrations fill."""
    return Wiper(owner)


@pytest.fixture(scope="session")
def counters() -> redis.Redis:
    """Valkey, with a numbered database for each of the processes that share the tests."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    settings.REDIS_URL = f"{settings.REDIS_URL.partition('?')[0]}?db={number}"
    celery.conf.broker_url = f"{embedded.celery_url().partition('?')[0]}?virtual_host={number}"
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(scope="session")
def installed() -> Iterator[Place]:
    """A place in which the platform was started for the first time, and ended again."""
    place = Place()
    try:
        served = place.serve(PORT=str(free_port()))
        served.wait_until_ready()
        served.stop()
        yield place
    finally:
        place.remove()


@pytest.fixture(scope="session")
def running(installed: Place) -> Iterator[Served]:
    """The platform as it runs for all tests that leave it as it is, without a limit on calls."""
    place = Place(like=installed)
    try:
        unlimited = {"RATE_LIMIT": "100000000", "TOKEN_RATE_LIMIT": "100000000"}
        served = place.serve(PORT=str(free_port()), **unlimited)
        served.wait_until_ready()
        yield served
    finally:
        place.remove()


@pytest.fixture
def database(
    django_db_setup: None,
    wipe: Wiper,
    counters: redis.Redis,
    django_db_blocker: Any,
) -> Iterator[None]:
    """The database, as the serving role, empty at the start and wiped at the end."""
    with django_db_blocker.unblock():
        counters.flushdb()
        writer._waiting.clear()
        yield
        connection.close()
        writer._waiting.clear()
        wipe()


@pytest.fixture
def fresh_tables(database: None, wipe: Wiper) -> None:
    """Tables without a trace of other tests, for one that looks at what the planner does."""
    wipe.afresh()


@pytest.fixture
def staff(database: None) -> Callable[[], AbstractContextManager[None]]:
    """`with staff():` sees and writes every practice, to arrange and to inspect."""
    return lambda: tenancy.acting_as(tenancy.STAFF, staff="tests")


@pytest.fixture
def partner(database: None) -> Partner:
    """The partner that calls."""
    return PartnerFactory.create()


@pytest.fixture
def our_practice(database: None) -> Practice:
    """The practice that we work for."""
    return PracticeFactory.create(ppass="DemoOffice", name="Demo Office")


@pytest.fixture
def other_practice(database: None) -> Practice:
    """Another practice, of which we must never see a thing."""
    return PracticeFactory.create(ppass="OtherOffice", name="Other Office")


@pytest.fixture
def make_key(partner: Partner) -> Callable[..., ApiKey]:
    """A key of the partner; its text, known to nobody else, is at `.text`."""

    def make(practice: Practice, scopes: Any = ALL_SCOPES, **facts: Any) -> ApiKey:
        return ApiKeyFactory.create(
            practice=practice, scopes=list(scopes), **{"partner": partner, **facts}
        )

    return make


@pytest.fixture
def client_for() -> Callable[[ApiKey], Client]:
    """A client that carries a token of the key."""

    def client(key: ApiKey) -> Client:
        now = datetime.datetime.now(datetime.UTC)
        return Client(ppass=key.practice.ppass, token=tokens.issue(key_id=key.pk, now=now))

    return client


@pytest.fixture
def ours(our_practice: Practice, make_key: Any, client_for: Any) -> Client:
    """A client of our practice that may do everything."""
    client: Client = client_for(make_key(our_practice))
    return client


@pytest.fixture
def theirs(other_practice: Practice, make_key: Any, client_for: Any) -> Client:
    """A client of the other practice that may do everything there."""
    client: Client = client_for(make_key(other_practice))
    return client

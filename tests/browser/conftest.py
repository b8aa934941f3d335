"""The site in a real browser, under the content security policy that is served."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.eyes import DESK, Eyes

PASSWORD = "correct horse battery"


if not chromium.may_run():
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(autouse=True)
def _browser() -> None:
    assert chromium.BINARY is not None, chromium.MISSING


@pytest.fixture
def address(database: None) -> Iterator[str]:
    """Where the site is served, by threads of this process."""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()
    connections.close_all()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of; a test takes away what it provoked."""
    return []


@contextmanager
def _in_use(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Playwright's event loop counts as running, so that Django refuses queries meanwhile."""
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def browser() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One for all tests of this process, and the event loop by which it is spoken to."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.BINARY, args=chromium.QUIET)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, loop
        asyncio._set_running_loop(loop)
        started.close()


@pytest.fixture
def page(
    database: None, browser: tuple[Browser, asyncio.AbstractEventLoop], complaints: list[str]
) -> Iterator[Page]:
    """A page that fails the test if the browser complains of anything.

    What the test needs in the database must be there before: no query may run beside the browser.
    """
    started, loop = browser
    with _in_use(loop):
        context = started.new_context(viewport={"width": DESK, "height": 800})
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        context.close()
    assert complaints == []


@pytest.fixture
def eyes(page: Page, address: str, request: pytest.FixtureRequest) -> Eyes:
    """Somebody who looks at pages: at a desk, unless the test says otherwise."""
    return Eyes(page, address, getattr(request, "param", DESK))


@pytest.fixture
def administrator(staff: Any) -> str:
    """Somebody who may do everything. (No query may run beside the browser: made before it.)"""
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", PASSWORD)
    return "kim"


@pytest.fixture
def sign_in(administrator: str, address: str, page: Page) -> Callable[..., None]:
    """Sign an administrator in, or whoever is named, at the page to which they want to go."""

    def go(path: str, name: str = administrator, password: str = PASSWORD) -> None:
        page.goto(f"{address}{path}")
        page.fill("#id_username", name)
        page.fill("#id_password", password)
        with page.expect_navigation():
            page.click("[type=submit]")

    return go

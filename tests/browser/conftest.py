"""The site in a real browser, under the content security policy that is served."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

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


@pytest.fixture
def page(tmp_path: Path, complaints: list[str]) -> Iterator[Page]:
    """A page that fails the test if the browser complains of anything.

    What the test needs in the database must be there before: no query may run beside the browser.
    """
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=chromium.BINARY,
            args=chromium.QUIET,
            viewport={"width": 1280, "height": 800},
        )
        page = context.pages[0]
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
def administrator(staff: Any) -> str:
    """Somebody who may do everything. (No query may run beside the browser: made before it.)"""
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", PASSWORD)
    return "kim"


@pytest.fixture
def sign_in(administrator: str, address: str, page: Page) -> Callable[[str], None]:
    """Sign an administrator in, at the page to which they want to go."""

    def go(path: str) -> None:
        page.goto(f"{address}{path}")
        page.fill("#id_username", administrator)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")

    return go


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


@pytest.fixture
def wcag_faults(axe: str, page: Page) -> Callable[[], list[tuple[str, str]]]:
    """What of WCAG A and AA the page that is open breaks, by rule and element."""

    def faults() -> list[tuple[str, str]]:
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run({preload: false,"
            " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        return [
            (each["id"], node["html"][:200])
            for each in found["violations"]
            for node in each["nodes"]
        ]

    return faults

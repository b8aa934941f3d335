"""A new key in a real browser, under the content security policy that is served."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread

from partners.models import Practice

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if CHROMIUM is None:
    pytest.skip("needs a browser: install Debian's package chromium", allow_module_level=True)

QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
PASSWORD = "correct horse battery"


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
def page(tmp_path: Path) -> Iterator[Any]:
    """A page that fails the test if the browser complains of anything."""
    sync_api = pytest.importorskip("playwright.sync_api")
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=QUIET, viewport={"width": 1280, "height": 800}
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


def choose(page: Any, field: str, text: str) -> None:
    """Pick from an autocomplete field."""
    page.click(f"#id_{field} + .select2")
    page.fill(".select2-search__field", text)
    page.click(f".select2-results__option:text-is('{text}')")


@pytest.fixture
def arranged(staff: Any, our_practice: Practice, other_practice: Practice, partner: Any) -> str:
    """Somebody who can sign in, and the partner's name. (No query may run beside the browser.)"""
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", PASSWORD)
    return str(partner)


def test_new_key_can_be_copied_once(arranged: str, address: str, page: Any) -> None:
    page.goto(f"{address}/admin/partners/apikey/add/")
    page.fill("#id_username", "kim")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    choose(page, "partner", arranged)
    choose(page, "practice", "DemoOffice")
    page.fill("#id_name", "nightly sync")
    page.check("input[value=Prospects]")
    page.click("text=Make the key and show it")

    text = page.inner_text("[data-key] code")
    assert text.startswith("emr_live_")
    assert text not in page.url
    page.get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_selector("text=Copied.")
    page.click("text=I have kept it")
    page.wait_for_url("**/admin/partners/apikey/")
    assert text not in page.content()

    # Back and reload send the form again; it makes no second key, nor shows the first.
    page.evaluate("history.back()")
    page.wait_for_timeout(500)
    assert text not in page.content()
    page.goto(f"{address}/admin/partners/apikey/")
    assert page.locator("#result_list tbody tr").count() == 1


def test_pages_fit_a_phone(arranged: str, address: str, page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/admin/partners/apikey/add/")
    page.fill("#id_username", "kim")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")

    for path in ("", "partners/apikey/", "partners/apikey/add/", "dashboard/apicall/"):
        page.goto(f"{address}/admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path

"""The overview and recent activity in a real browser, under the content security policy served."""

import csv
import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from emrapi import heartbeats
from partners.models import Practice
from tests.browser import traffic
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.browser.meanwhile import beside
from tests.dashboard.rows import call, count, write
from tests.factories import PartnerFactory

OVERVIEW, ACTIVITY = "/dashboard/", "/dashboard/activity/"
BOOKED = "v1/<ppass:ppass>/visits/book"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture
def busy(our_practice: Practice, other_practice: Practice) -> None:
    """Two practices and two partners that call, and everybody alive."""
    partners = [PartnerFactory.create(name=name) for name in ("Bright CRM", "Harbor Booking")]
    traffic.make([our_practice, other_practice], partners, now(), calls=1500)
    for name in ("celery@one", "sender@one", heartbeats.BEAT):
        heartbeats.give_sign(name)


@pytest.mark.parametrize("path", [OVERVIEW, ACTIVITY])
@on_desk_and_phone
def test_pages_are_for_everybody(
    busy: None, sign_in: Any, page: Page, eyes: Eyes, path: str
) -> None:
    sign_in(path)
    page.wait_for_selector("#live-control:not([hidden])")
    eyes.look()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    eyes.look()

    assert eyes.faults == []


def test_nothing_leaves_the_host(busy: None, sign_in: Any, page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))

    sign_in(OVERVIEW)
    page.click("text=Recent activity")
    page.wait_for_selector(".activity")

    assert set(asked) == {urlsplit(address).netloc}


def test_chart_is_read_by_pointing_and_by_arrow_keys(busy: None, sign_in: Any, page: Page) -> None:
    sign_in(OVERVIEW)
    bars, readout = page.locator(".plot .bar"), page.locator("#readout")
    said = [bar.text_content().strip() for bar in page.locator(".plot .bar title").all()]
    assert len(said) == 28

    bars.nth(3).hover()
    assert readout.text_content() == said[3]

    page.locator("[name=partner]").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert readout.text_content() == said[27]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert readout.text_content() == said[25]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert readout.text_content() == said[0]
    assert page.evaluate("document.activeElement.matches('.bar')")


def test_range_practice_and_partner_by_keyboard_are_in_the_address(
    busy: None, sign_in: Any, page: Page
) -> None:
    sign_in(OVERVIEW)
    whole = page.locator(".card .value").first.inner_text()

    page.locator("[name=range]").focus()
    page.keyboard.type("Last 30")
    page.keyboard.press("Tab")
    page.keyboard.type("Demo")
    page.keyboard.press("Tab")
    page.keyboard.type("Harbor")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**range=30d&practice=DemoOffice&partner=*")
    assert page.locator("[name=practice]").input_value() == "DemoOffice"
    assert int(page.locator(".card .value").first.inner_text()) < int(whole.replace(",", ""))
    assert "API Usage (Last 30 days)" in page.text_content("#usage")


def test_overview_brings_itself_up_to_date_and_leaves_the_reader_in_place(
    busy: None, sign_in: Any, page: Page, our_practice: Practice
) -> None:
    page.clock.install()
    page.set_viewport_size({"width": 1280, "height": 500})
    sign_in(OVERVIEW)
    page.click("summary")
    bar = page.locator(".plot .bar").nth(5)
    bar.focus()
    page.evaluate("scrollTo(0, 300)")
    before = page.locator(".card .value").first.inner_text()

    def call_more() -> None:
        write(*[call(at=now(), practice_id=our_practice.pk) for _ in range(300)])
        count()

    beside(call_more)
    for name in ("celery@one", heartbeats.BEAT):
        heartbeats._client().zincrby(heartbeats._KEY, -60, name)
    page.clock.run_for(11_000)
    page.wait_for_selector(".badge-bad:has-text('Worker silent for 1 min')")

    expected = int(before.replace(",", "")) + 300
    assert page.locator(".card .value").first.inner_text() == f"{expected:,}"
    assert page.evaluate("scrollY") == 300
    assert bar.evaluate("bar => bar === document.activeElement")
    assert page.evaluate("document.querySelector('details').open")


def test_who_pauses_is_left_alone(busy: None, sign_in: Any, page: Page) -> None:
    page.clock.install()
    sign_in(OVERVIEW)
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if request.resource_type == "fetch" else None,
    )

    page.get_by_label("Live").uncheck()
    page.clock.run_for(60_000)
    page.get_by_label("Live").check()
    page.wait_for_timeout(500)

    assert len(asked) == 1


def test_pages_work_without_their_scripts(busy: None, sign_in: Any, page: Page) -> None:
    page.route("**/dashboard/*.js", lambda route: route.fulfill(status=200, body=""))
    sign_in(OVERVIEW)

    page.select_option("[name=range]", "24h")
    page.click("text=Show")
    page.wait_for_url("**range=24h**")
    page.click("summary")
    assert page.locator("details tbody tr").count() == 24
    assert not page.locator("#live-control").is_visible()
    page.click("text=Recent activity")
    page.click("text=Older ›")
    page.wait_for_url("**before=**")
    assert page.locator(".activity tbody tr").count() == 50
    page.click("text=‹ Newest")
    page.wait_for_selector(".activity")
    assert "before" not in page.url


def test_activity_shows_a_call_as_it_comes_and_keeps_the_focus(
    busy: None, sign_in: Any, page: Page, our_practice: Practice
) -> None:
    page.clock.install()
    sign_in(ACTIVITY)
    link = page.locator(".activity tbody tr a").nth(4)
    link.focus()
    name = link.text_content()

    beside(
        lambda: write(call(at=now(), practice_id=our_practice.pk, status=500, path="/v1/<b>x</b>"))
    )
    page.clock.run_for(4_000)
    page.wait_for_selector(".activity tbody tr.new")

    first = page.locator(".activity tbody tr").first
    assert "/v1/<b>x</b>" in first.text_content()
    assert "500" in first.text_content()
    assert page.locator(".activity tbody tr").count() == 50
    assert page.evaluate("document.activeElement.textContent") == name


def test_call_is_found_by_its_request_id_and_followed_to_the_admin(
    our_practice: Practice, sign_in: Any, page: Page
) -> None:
    beside(lambda: write(*[call(at=now(), request_id=f"req-{n}") for n in range(60)]))
    sign_in(ACTIVITY)

    page.fill("[name=find]", "req-17")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=req-17**")
    assert page.locator(".activity tbody tr").count() == 1
    page.click(".activity tbody a")
    page.wait_for_url("**/admin/dashboard/apicall/**")
    assert "req-17" in page.text_content("#content")
    page.click(".tabs >> text=Overview")
    page.wait_for_selector(".cards")


def test_file_holds_what_is_shown(busy: None, sign_in: Any, page: Page) -> None:
    sign_in(ACTIVITY)
    page.select_option("[name=status]", "4")
    page.select_option("[name=endpoint]", label="/v1/{PPass}/prospects GET")
    page.click("text=Show")
    page.wait_for_url("**status=4**")
    shown = page.locator(".activity tbody tr").count()

    with page.expect_download() as started:
        page.click("text=Download as CSV")
    with Path(started.value.path()).open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert 0 < shown < 50
    assert len(rows) == shown
    assert {row["Method"] for row in rows} == {"GET"}
    assert all(row["Status"].startswith("4") for row in rows)

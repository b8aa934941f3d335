"""The calendar in a real browser, under the content security policy that is served."""

import datetime
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error

from partners.models import Practice
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_a_phone
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory
from tests.scheduling.factories import (
    HoldFactory,
    ResourceFactory,
    TimeOffFactory,
    VisitFactory,
    VisitTypeFactory,
    VisitTypeProviderFactory,
    at,
    open_hours,
    span,
)

NEW_YORK = ZoneInfo("America/New_York")
PATH = "/dashboard/calendar/"
NAMES = "Ann Lee,Bob Marsh,Chloé Dubois-Fontaine,Dmitri Ivanov,Eve Ng,Farid Haddad".split(",")


@pytest.fixture
def today(our_practice: Practice, other_practice: Practice) -> datetime.date:
    """A full day of four providers, one of them off."""
    today = datetime.datetime.now(NEW_YORK).date()
    kinds = [
        VisitTypeFactory.create(practice=our_practice, name=name)
        for name in ("Botox", "Follow-up", "Laser treatment")
    ]
    rooms = [ResourceFactory.create(practice=our_practice, name=f"Room {n}") for n in (1, 2, 3)]
    people = [PersonFactory.create(practice=our_practice, full_name=name) for name in NAMES]
    statuses = ["completed", "arrived", "booked", "no_show"]
    names = ["Jane Smith", "Marcus Reed", "Priya Raman", "Elena Torres"]
    providers = [ProviderFactory.create(practice=our_practice, name=name) for name in names]
    for number, provider in enumerate(providers):
        open_hours(provider, opens="09:00", closes="12:30")
        open_hours(provider, opens="13:30", closes="17:30")
        for n, (time, minutes) in enumerate(
            [("09:00", 30), ("09:30", 15), ("10:00", 45), ("11:15", 60), ("14:00", 20)][number:]
        ):
            start = at(our_practice, str(today), time)
            VisitFactory.create(
                provider=provider,
                visit_type=kinds[(n + number) % 3],
                person=people[(n + 2 * number) % 6],
                room=rooms[number] if number < 3 else None,
                during=span(start, minutes),
                provider_busy=span(start, minutes + 15 * (time == "10:00")),
                status=statuses[(n + number) % 4],
            )
    first, second = providers[:2]
    VisitTypeProviderFactory.create(practice=our_practice, visit_type=kinds[0], provider=second)
    PersonFactory.create(practice=other_practice, full_name=NAMES[0])
    VisitFactory.create(
        provider=first,
        visit_type=kinds[0],
        person=people[5],
        during=span(at(our_practice, str(today), "10:15"), 30),
        is_overbooked=True,
    )
    HoldFactory.create(
        provider=second,
        visit_type=kinds[1],
        during=span(at(our_practice, str(today), "15:00"), 30),
        expires_at=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5),
    )
    TimeOffFactory.create(
        provider=providers[3],
        during=span(at(our_practice, str(today), "13:00"), 300),
        reason="Conference",
    )
    return today


def test_a_day_at_the_front_desk(today: datetime.date, sign_in: Any, page: Any) -> None:
    sign_in(PATH)

    assert page.locator(".cal-column").count() == 4
    column = page.locator(".cal-column:has-text('Jane Smith')")
    block = column.locator(".visit:has-text('Ann Lee')")
    assert block.bounding_box()["height"] == 6 * 7 - 1
    assert block.bounding_box()["width"] > column.bounding_box()["width"] * 0.9
    over = page.locator(".visit:has-text('Overbooked')")
    assert over.bounding_box()["width"] < column.bounding_box()["width"] * 0.55
    page.click("text=Next ›")
    page.wait_for_url("**date=*")
    assert page.locator(".block.visit").count() == 0
    page.click("text=Today")
    page.get_by_role("link", name="Week", exact=True).click()
    page.wait_for_url("**view=week**")
    assert page.locator(".cal-column.today").count() == 1
    for name in NAMES:
        assert name.split()[0] not in page.url


def test_a_visit_is_booked_from_free_time(today: datetime.date, sign_in: Any, page: Page) -> None:
    """By the keyboard: free time, the patient by name in a list of this practice's, and back."""
    tomorrow = today + datetime.timedelta(days=1)
    sign_in(f"{PATH}?date={tomorrow}")
    page.locator(".cal-column:has-text('Marcus Reed') .free a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/scheduling/visit/add/**")
    page.locator("#id_visit_type + .select2 .select2-selection").press("Enter")
    page.fill(".select2-search__field", "bot")
    page.wait_for_selector(".select2-results__option--highlighted:text-is('Botox')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#select2-id_visit_type-container:text-is('Botox')")
    with page.expect_popup() as opened:
        page.locator("#lookup_id_patient").press("Enter")
    people = opened.value
    people.fill("#searchbar", "ann lee")
    people.keyboard.press("Enter")
    people.wait_for_url("**q=ann+lee**")
    # The window closes under the key that chooses.
    with people.expect_event("close"), suppress(Error):
        people.get_by_role("link", name="Ann Lee").press("Enter")
    page.wait_for_function("document.querySelector('#id_patient').value > 0")
    page.locator("#id_minutes").press("Enter")

    page.wait_for_url(f"**{PATH}?**date={tomorrow}**")
    assert "was added" in page.inner_text(".messagelist")
    assert page.locator(".cal-column:has-text('Marcus Reed') .visit:has-text('Ann Lee')").count()


@on_a_phone
def test_calendar_fits_a_phone(today: datetime.date, sign_in: Any, page: Page, eyes: Eyes) -> None:
    sign_in(PATH)

    eyes.see(f"{PATH}?view=day", f"{PATH}?view=week")

    assert eyes.faults == []
    assert page.locator(".visit:has-text('Ann Lee')").first.is_visible()
    assert not page.locator(".cal-axis").is_visible()


def test_calendar_brings_itself_up_to_date(
    our_practice: Practice, today: datetime.date, sign_in: Any, page: Any
) -> None:
    page.clock.install()
    sign_in(PATH)
    page.wait_for_selector(".cal")
    before = page.locator(".cal").element_handle()

    page.clock.run_for(61_000)
    page.wait_for_function("old => !old.isConnected", arg=before)

    assert page.locator(".cal-column").count() == 4


def test_calendar_fills_the_screen_and_is_printed_alone(
    today: datetime.date, sign_in: Any, page: Page
) -> None:
    sign_in(PATH)
    page.wait_for_selector(".cal")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    tabs = page.locator(".tabs")
    assert tabs.is_visible()

    page.emulate_media(media="print")
    assert not tabs.is_visible()
    assert not page.locator("#header").is_visible()

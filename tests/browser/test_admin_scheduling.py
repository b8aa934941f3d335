"""The staff pages of calendars and visits in a real browser: readable, and usable by keyboard."""

import datetime
from typing import Any

import pytest

from partners.models import Practice
from scheduling.models import Visit
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.browser.test_calendar import today
from tests.scheduling.factories import (
    CalendarRulesFactory,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    VisitFactory,
    at,
    open_calendar,
    span,
)

__all__ = ["today"]
ADMIN = "/admin/scheduling/"
MODELS = "calendarrules closure hold provider resource timeoff visit visittype".split()
SOON = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=7)

# Fields that nothing names, and text that is cut off or runs out of its page.
FAULTS = """() => {
  const faults = [];
  const shown = element => element.checkVisibility();
  for (const field of document.querySelectorAll("#content :is(input, select, textarea)")) {
    if (!shown(field) || ["hidden", "submit"].includes(field.type)) continue;
    const name = field.labels?.length || field.ariaLabel || field.getAttribute("aria-labelledby")
      || field.title;
    if (!name) faults.push(`no name: ${field.outerHTML.slice(0, 120)}`);
  }
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) faults.push(`${width} wide in ${innerWidth}`);
  for (const field of document.querySelectorAll("#content :is(input, select, a.addlink)")) {
    const box = field.getBoundingClientRect();
    const scroller = field.closest(".results, .tabular, .inline-related");
    if (shown(field) && box.width && box.right > innerWidth + 1 && !scroller)
      faults.push(`cut off: ${field.outerHTML.slice(0, 120)}`);
  }
  return faults;
}"""


@pytest.fixture
def rows(our_practice: Practice, other_practice: Practice, today: datetime.date) -> dict[str, Any]:
    """A practice in full swing, and something of everything to open."""
    calendar = open_calendar(other_practice, type_name="Consult", rooms=3, providers=2)
    facts = {"provider": calendar.provider, "visit_type": calendar.visit_type}
    facts |= {"room": calendar.room}
    times = [at(other_practice, str(SOON), f"{hour}:00") for hour in (10, 11, 15)]
    away = at(other_practice, str(SOON), "13:00")
    visit, taken = (
        VisitFactory.create(
            **facts, person=calendar.person, during=span(time, 30), complaint="Follow-up"
        )
        for time in times[:2]
    )
    return {
        "calendarrules": CalendarRulesFactory.create(practice=our_practice),
        "closure": ClosureFactory.create(
            practice=our_practice, during=span(away, 1440), reason="Thanksgiving and the day after"
        ),
        "hold": HoldFactory.create(**facts, during=span(times[2], 30), api_key_id=1),
        "provider": calendar.provider,
        "resource": calendar.room,
        "timeoff": TimeOffFactory.create(
            provider=calendar.provider, during=span(away, 60), reason="Conference"
        ),
        "visit": visit,
        "taken": taken,
        "visittype": calendar.visit_type,
    }


def paths(rows: dict[str, Any]) -> list[str]:
    """Every list, form and page of one row."""
    each = [f"{model}/" for model in MODELS]
    each += [f"{model}/add/" for model in MODELS if model != "hold"]
    each += [f"{model}/{rows[model].pk}/change/" for model in MODELS]
    visit = rows["visit"].pk
    return [*each, f"visit/{visit}/reschedule/", f"visit/{visit}/history/"]


@on_desk_and_phone
def test_pages_are_whole(rows: dict[str, Any], sign_in: Any, page: Page, eyes: Eyes) -> None:
    sign_in(ADMIN)

    faults = {}
    for path in paths(rows):
        eyes.open(f"{ADMIN}{path}")
        faults[path] = page.evaluate(FAULTS)

    assert {path: found for path, found in faults.items() if found} == {}


def test_visit_is_moved_to_a_time_that_is_offered(
    rows: dict[str, Any], sign_in: Any, page: Page
) -> None:
    visit: Visit = rows["visit"]
    sign_in(f"{ADMIN}visit/{visit.pk}/change/")
    page.click("text=Reschedule")
    page.fill("#id_time", "11:15")
    page.keyboard.press("Enter")

    page.wait_for_selector("text=The visit was not moved.")
    assert "Not free (visit)" in page.inner_text(".errorlist")
    page.click(f"text={SOON:%a %Y-%m-%d} 11:30")
    assert page.input_value("#id_time") == "11:30"
    page.click("input[value=Reschedule]")

    page.wait_for_url("**/change/")
    assert f"Moved to {SOON:%a %Y-%m-%d} 11:30–12:00." in page.inner_text(".messagelist")
    page.click("text=History")
    page.wait_for_url("**/history/")
    told = page.locator("#change-history tbody tr").all_inner_texts()
    assert "kim" in told[0]
    assert f"{SOON:%a %Y-%m-%d} 10:00–10:30" in told[1]
    assert f"{SOON:%a %Y-%m-%d} 11:30–12:00" in told[1]

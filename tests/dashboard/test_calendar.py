"""The calendar of the dashboard: who sees it, and what is on a day and in a week."""

import datetime
import html
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser

from partners.models import Practice
from tests.dashboard.calendars import DAY, PATH, browser, ours, person, put, show, theirs
from tests.scheduling.factories import (
    Calendar,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    at,
    open_calendar,
    open_hours,
    span,
)
from tests.staff_pages import signed_in

__all__ = ["browser", "ours", "theirs"]


def blocks(page: str, kind: str = r"visit|hold|free|off|closure") -> list[str]:
    """What is written on the blocks, in the order of the page."""
    found = re.findall(rf'<li class="block (?:{kind}) .*?</li>', page, re.DOTALL)
    texts = (re.sub(r"<[^>]*>", " ", block) for block in found)
    return [" ".join(text.replace(" –", "–").split()) for text in texts]


def places(page: str, kind: str = "visit") -> list[list[str]]:
    """Where the blocks lie, by their classes."""
    found = re.findall(rf'<li class="block {kind} ([^"]*)"', page)
    return [re.findall(r"(?:at|for|lane)-[\d-]+", classes) for classes in found]


def test_nobody_gets_in_without_signing_in(ours: Calendar) -> None:
    answer = Browser().get(PATH)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_staff_who_may_not_see_visits_are_refused(ours: Calendar, staff: Any) -> None:
    with staff():
        user = User.objects.create_user("lee", password="secret", is_staff=True)
        browser = Browser()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get(PATH).status_code == 403

    with staff():
        user.user_permissions.add(Permission.objects.get(codename="view_visit"))
    assert browser.get(PATH).status_code == 200


def test_day_shows_everything_and_nothing_of_others(ours: Calendar, browser: Browser) -> None:
    practice = ours.practice
    put(ours, "09:00", 30, person=person(practice, "<b>Ann</b> Lee"), room=ours.room)
    put(ours, "09:40", 20, status="arrived", person=person(practice, "Bob Marsh"))
    put(ours, "12:00", 30, status="cancelled", person=person(practice, "Gone Away"))
    hold = span(at(practice, DAY, "14:00"), 30)
    HoldFactory.create(provider=ours.provider, visit_type=ours.visit_type, during=hold)
    TimeOffFactory.create(
        provider=ours.provider, during=span(at(practice, DAY, "15:00"), 60), reason="Dentist"
    )
    ClosureFactory.create(practice=practice, during=span(at(practice, DAY, "16:30"), 90))

    page = show(browser, provider=ours.provider.pk)

    said = blocks(page)
    assert said[:6] == [
        f"09:00–09:30 &lt;b&gt;Ann&lt;/b&gt; Lee Consult {ours.room} Booked",
        "09:30–09:40 Free",
        "09:40–10:00 Bob Marsh Consult Arrived",
        "10:00–14:00 Free",
        said[4],
        "14:30–15:00 Free",
    ]
    assert re.fullmatch(r"14:00–14:30 Held Consult until \d\d:\d\d", said[4])
    assert said[6:] == [
        "15:00–16:00 Time off Dentist",
        "16:00–16:30 Free",
        "16:30–18:00 Closed",
    ]
    assert "Gone Away" not in page
    assert "Stranger" not in page
    assert "2 visits · 1 booked · 1 arrived · 1 held" in page


def test_the_other_practice_shows_its_own(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30, person=person(ours.practice, "Ann Lee"))

    page = show(browser, practice="otheroffice")

    assert "Stranger" in page
    assert "Ann Lee" not in page


def test_blocks_lie_where_their_time_is(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30)
    put(ours, "10:00", 60)
    put(ours, "10:30", 30, is_overbooked=True)
    put(ours, "13:00", 5)

    page = show(browser)

    # From eight on, in rows of five minutes; nothing is lower than three.
    assert places(page) == [
        ["at-13", "for-6", "lane-1-1"],
        ["at-25", "for-12", "lane-1-2"],
        ["at-31", "for-6", "lane-2-2"],
        ["at-61", "for-3", "lane-1-1"],
    ]


def test_a_visit_across_midnight_is_on_both_days(ours: Calendar, browser: Browser) -> None:
    put(ours, "23:30", 60, person=person(ours.practice, "Night Owl"))

    (first,) = blocks(show(browser), "visit")
    (second,) = blocks(show(browser, date="2031-03-11"), "visit")

    assert first == "23:30–11 Mar 00:30 Night Owl Consult Booked"
    assert second == "10 Mar 23:30–00:30 Night Owl Consult Booked"


@pytest.mark.parametrize("date", ["2031-03-09", "2031-11-02"])
def test_days_on_which_clocks_change(ours: Calendar, browser: Browser, date: str) -> None:
    open_hours(ours.providers[1], opens="00:00", closes="06:00")
    put(ours, "00:30", 120, date=date)

    page = show(browser, date=date)

    assert len(blocks(page, "visit")) == 1
    assert "rows-216" in page  # from midnight to 18:00, on every day
    assert blocks(page, "free")[-1] == "09:00–17:00 Free"


def test_week_has_a_column_for_each_day_with_work(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30, date="2031-03-12", person=person(ours.practice, "Ann Lee"))

    page = show(browser, view="week", date="2031-03-13")

    columns = re.findall(r"<h2 [^>]*>\s*<a [^>]*>([^<]*)</a>", page)
    assert columns == [
        "Mon 10 Mar", "Tue 11 Mar", "Wed 12 Mar", "Thu 13 Mar", "Fri 14 Mar",
        "Sat 15 Mar", "Sun 16 Mar",
    ]  # fmt: skip
    assert blocks(page, "visit") == [f"09:00–09:30 Ann Lee {ours.provider.name} Consult Booked"]
    assert "March 10 – 16, 2031" in page


def test_weekend_without_work_is_left_out(our_practice: Practice, browser: Browser) -> None:
    open_calendar(our_practice, weekdays=range(5))

    page = show(browser, view="week")

    assert "Fri 14 Mar" in page
    assert "Sat 15 Mar" not in page


def test_now_is_marked_today_only(ours: Calendar, browser: Browser) -> None:
    open_hours(ours.provider, opens="00:00", closes="00:00")
    today = datetime.datetime.now(datetime.UTC).date()

    assert 'class="now ' not in show(browser)
    shown = [show(browser, date=str(today + datetime.timedelta(days=n))) for n in (-1, 0, 1)]
    assert sum('class="now ' in page for page in shown) == 1


def test_week_of_all_says_above_the_day_who_is_off(ours: Calendar, browser: Browser) -> None:
    second = ours.providers[1]
    TimeOffFactory.create(provider=second, during=span(at(ours.practice, DAY, "15:00"), 60))

    everybody, one = show(browser, view="week"), show(browser, view="week", provider=second.pk)

    assert f"<p>{second.name} off 15:00–16:00</p>" in everybody
    assert blocks(everybody, "off") == []
    assert blocks(one, "off") == ["15:00–16:00 Time off"]


def test_a_visit_leads_to_its_page_in_the_admin(ours: Calendar, browser: Browser) -> None:
    visit = put(ours, "09:00", 30)

    (link,) = re.findall(r'<a href="(/admin/scheduling/visit/\d[^"]*)"', show(browser))

    assert link == f"/admin/scheduling/visit/{visit.pk}/change/"
    assert browser.get(link).status_code == 200


def free(page: str) -> list[dict[str, str]]:
    """What the links of free time fill in."""
    links = re.findall(r'<a href="/admin/scheduling/visit/add/([^"]*)"', page)
    return [dict(parse_qsl(html.unescape(link)[1:])) for link in links]


def test_free_time_leads_to_booking_it_and_back(ours: Calendar, browser: Browser) -> None:
    put(ours, "12:00", 30)
    who = str(ours.provider.pk)

    first, second = free(show(browser, provider=who))

    assert (first["provider"], first["date"], first["time"]) == (who, DAY, "09:00")
    assert (second["provider"], second["date"], second["time"]) == (who, DAY, "12:30")
    assert first["next"].startswith(f"{PATH}?practice=DemoOffice")
    form = browser.get("/admin/scheduling/visit/add/", first).context["adminform"].form
    assert [str(form[name].value()) for name in ("provider", "date", "time")] == [who, DAY, "09:00"]
    assert "/admin/prospects/person/?_to_field=id&amp;ppass=DemoOffice" in str(form["patient"])
    # In a week of all providers nobody can tell whose time it is.
    assert free(show(browser, view="week")) == []


def test_free_time_begins_with_the_next_full_five_minutes(
    ours: Calendar, staff: Any, time_machine: Any
) -> None:
    time_machine.move_to(at(ours.practice, DAY, "10:02"))
    put(ours, "09:00", 30)

    (now,) = free(show(signed_in(staff), provider=ours.provider.pk))

    assert now["time"] == "10:05"


def test_who_may_not_book_is_not_led_to_it(ours: Calendar, staff: Any) -> None:
    page = show(signed_in(staff, "view_visit"))

    assert "09:00–17:00 Free" in blocks(page)
    assert free(page) == []

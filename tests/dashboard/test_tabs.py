"""The row of tabs: on which pages it is, who sees which, and what it costs."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.tabs import TABS

ALL = [tab.title for tab in TABS]


def tabs(browser, path, status=200):
    """The titles on a page, and of these the current one with what it is."""
    answer = browser.get(path)
    assert answer.status_code == status
    (row,) = re.findall(r'<nav class="tabs".*?</nav>', answer.content.decode(), re.DOTALL)
    found = re.findall(r'<a href="([^"]*)"\s*(?:aria-current="(\w+)")?>([^<]*)</a>', row)
    return [title for _, _, title in found], [(title, word) for _, word, title in found if word]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/dashboard/", ("Overview", "page")),
        ("/dashboard/activity/", ("Recent activity", "page")),
        ("/dashboard/calendar/", ("Calendar", "page")),
        ("/dashboard/access-requests/", ("Access requests", "page")),
        ("/dashboard/partners/", ("Partners", "page")),
        ("/dashboard/keys/", ("API keys", "page")),
        ("/dashboard/webhooks/", ("Webhooks", "page")),
        ("/admin/tickets/ticket/", ("Tickets", "page")),
        ("/admin/tickets/ticket/add/", ("Tickets", "true")),
        ("/admin/partners/partner/add/", ("Partners", "true")),
        ("/admin/partners/apikey/", ("API keys", "true")),
        ("/admin/webhooks/delivery/", ("Webhooks", "true")),
        ("/admin/scheduling/visit/", ("Calendar", "true")),
        ("/admin/dashboard/apicall/", ("Recent activity", "true")),
        ("/admin/", ("Admin", "page")),
        ("/admin/partners/practice/", ("Admin", "true")),
        ("/admin/password_change/", ("Admin", "true")),
    ],
)
def test_same_row_on_every_page_with_the_current_one_marked(our_practice, desk, path, current):
    assert tabs(desk, path) == (ALL, [current])


@pytest.mark.parametrize(
    ("permission", "seen"),
    [
        ("dashboard.view_apicall", ["Overview", "Recent activity"]),
        ("scheduling.view_visit", ["Calendar"]),
        ("tickets.view_ticket", ["Tickets"]),
        ("partners.view_accessrequest", ["Access requests"]),
        ("partners.view_partner", ["Partners"]),
        ("partners.view_apikey", ["API keys"]),
        ("webhooks.view_subscription", ["Webhooks"]),
        ("catalog.view_product", []),
    ],
)
def test_staff_see_the_tabs_that_they_may_open(our_practice, sign_in, permission, seen):
    browser = sign_in(permission)

    assert tabs(browser, "/admin/")[0] == [*seen, "Admin"]
    for tab in TABS:
        if tab.title in seen:
            answer = browser.get(next(iter(tab.places)))
            assert answer.status_code == 200


def test_strangers_see_no_row(database):
    for path in ("/admin/login/", "/admin/logout/"):
        assert 'class="tabs"' not in Client().get(path, follow=True).content.decode()


def test_windows_that_pop_up_have_no_row(our_practice, desk):
    page = desk.get("/admin/partners/partner/add/", {"_popup": 1}).content.decode()

    assert "Add partner" in page
    assert 'class="tabs"' not in page


def test_row_costs_no_query(our_practice, desk, monkeypatch):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/admin/").status_code == 200
        return len(found)

    with_it = queries()
    monkeypatch.setattr("dashboard.tabs.TABS", ())

    assert queries() == with_it


def test_refused_page_is_on_no_other_tab(our_practice, sign_in):
    browser = sign_in("dashboard.view_apicall")

    seen = tabs(browser, "/dashboard/calendar/", status=403)
    assert seen == (["Overview", "Recent activity", "Admin"], [])


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/admin/partners/practice/", "Practices"),
        ("/admin/partners/practice/add/", "Add practice"),
        ("/admin/partners/practice/{}/change/", "DemoOffice"),
        ("/admin/partners/auditentry/", "Audit log"),
        ("/admin/prospects/tag/?_popup=1", "Select tag"),
    ],
)
def test_heading_names_what_is_on_the_page(desk, our_practice, path, heading):
    page = desk.get(path.format(our_practice.pk)).text

    assert [text.strip() for text in re.findall(r"<h1>([^<]*)</h1>", page)] == [heading]
    title = re.search(r"<title>([^<]*)</title>", page)[1].split()
    assert " ".join(title).startswith(heading)

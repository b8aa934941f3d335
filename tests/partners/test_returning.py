"""A page leads back to where one was, and nowhere else, whatever its address says."""

from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.test import Client as Browser
from django.test import RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from partners.models import ApiKey, Practice
from partners.returning import way_back
from tests.staff_pages import signed_in

HOME = "/admin/"
KEYS = "/admin/partners/apikey/"
_PIECES = ["/dashboard/", "/admin/", "//", "\\", "..", "evil.example", "https:", "@", "\t", "\n"]


@pytest.mark.parametrize(
    "path", ["/dashboard/keys/?status=active&page=2", "/admin/", "/dashboard/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_own_page_is_believed(path: str, method: str) -> None:
    request = getattr(RequestFactory(), method)("/admin/x/", {"next": path})

    assert way_back(request, HOME) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "dashboard/", "/", "/docs", "//evil.example/dashboard/", "https://evil.example/"),
        *("/\\evil.example/dashboard/", "javascript:alert(1)", "/dashboard", " /dashboard/"),
        *("http://testserver/dashboard/", "\\\\evil.example", "///evil.example"),
    ],
)
def test_anything_else_is_not(path: str) -> None:
    assert way_back(RequestFactory().get("/admin/x/", {"next": path}), HOME) == HOME


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=5)).map("".join))
@example("/dashboard/..//evil.example")
@example("/admin/\\evil.example")
def test_no_path_leads_to_another_host(path: str) -> None:
    found = way_back(RequestFactory().get("/admin/x/", {"next": path}), HOME)

    there = urljoin("http://testserver/admin/x/", found.replace("\\", "/"))
    assert urlsplit(there).netloc == "testserver"
    assert found.startswith(("/dashboard/", "/admin/"))


@pytest.fixture
def browser(staff: Any) -> Browser:
    """An administrator's."""
    return signed_in(staff, name="kim")


@pytest.fixture
def key(our_practice: Practice, make_key: Any) -> ApiKey:
    """A key of ours."""
    made: ApiKey = make_key(our_practice)
    return made


def test_revoking_leads_back(browser: Browser, key: ApiKey) -> None:
    there = "/dashboard/keys/?partner=1"
    page = browser.get(f"{KEYS}revoke/", {"key": key.pk, "next": there}).content.decode()
    done = browser.post(f"{KEYS}revoke/?next=/dashboard/keys/%3Fpartner%3D1", {"key": key.pk})
    again = browser.post(f"{KEYS}revoke/?next=//evil.example/", {"key": key.pk})

    assert f'<a href="{there}" class="closelink">Keep</a>' in page
    assert (done.status_code, done["Location"]) == (302, there)
    assert (again.status_code, again["Location"]) == (302, KEYS)


def test_new_and_rotated_keys_lead_back(browser: Browser, key: ApiKey) -> None:
    there = "/dashboard/keys/"
    form = {
        "partner": key.partner_id,
        "practice": key.practice_id,
        "name": "sync",
        "scopes": ["Prospects"],
        "key_id": "abcdEFGH",
    }

    made = browser.post(f"{KEYS}add/?next={there}", form)
    rotated = browser.post(f"{KEYS}rotate/?next={there}", {"key": key.pk, "overlap": "24"})

    for page in (made, rotated):
        assert page.status_code == 200
        assert f'<a href="{there}">I have kept it; go back</a>' in page.content.decode()


def test_saved_forms_lead_back(browser: Browser, key: ApiKey) -> None:
    there, partners = "/dashboard/keys/?page=2", "/admin/partners/partner/"
    back = urlencode({"next": there})
    page = browser.get(f"{KEYS}{key.pk}/change/?{back}").content.decode()
    answers = [
        browser.post(f"{KEYS}{key.pk}/change/?{back}", {"name": "x", "scopes": ["KB"]}),
        browser.post(f"{partners}{key.partner_id}/change/?{back}", {"name": "y"}),
        browser.post(f"{partners}add/?{back}", {"name": "z", "is_active": "on"}),
        browser.post(f"{partners}{key.partner_id}/change/?next=//evil.example/", {"name": "y"}),
        browser.post(f"{partners}{key.partner_id}/change/", {"name": "y"}),
    ]

    assert f"/rotate/?key={key.pk}&amp;{back}" in page
    assert f"/revoke/?key={key.pk}&amp;{back}" in page
    assert [answer["Location"] for answer in answers] == [there] * 3 + [partners] * 2

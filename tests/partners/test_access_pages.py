"""The page on which a stranger asks for access, and the front door."""

from typing import Any

from django.test import Client as Browser

from partners.models import AccessRequest
from partners.scopes import ALL_SCOPES
from tests.partners.asking import ASKED, browser, only_request

__all__ = ["browser"]


def test_page_takes_a_request(browser: Browser, staff: Any) -> None:
    assert browser.get("/request-access").status_code == 200
    answer = browser.post("/request-access", {**ASKED, "website": ""})

    assert (answer.status_code, answer["Location"]) == (302, "/request-access/asked")
    assert browser.get("/request-access/asked").status_code == 200
    assert only_request(staff).scopes == ["Prospects", "Scheduling"]


def test_page_names_what_is_missing_and_keeps_the_rest(browser: Browser, staff: Any) -> None:
    answer = browser.post("/request-access", {"company": "Acme & Sons", "email": "no"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Acme &amp; Sons" in page
    assert "Enter a valid email address." in page
    assert "Choose at least one." in page


def test_robot_is_thanked_and_forgotten(browser: Browser, staff: Any) -> None:
    answer = browser.post("/request-access", {**ASKED, "website": "https://spam.example"})

    assert answer["Location"] == "/request-access/asked"
    with staff():
        assert not AccessRequest.objects.exists()


def test_page_offers_every_scope(browser: Browser) -> None:
    page = browser.get("/request-access").content.decode()

    for scope in ALL_SCOPES:
        assert f'value="{scope}"' in page


def test_page_is_safe_from_forged_forms() -> None:
    answer = Browser(enforce_csrf_checks=True).post("/request-access", ASKED)

    assert answer.status_code == 403


def test_front_door_leads_everywhere(browser: Browser) -> None:
    page = browser.get("/").content.decode()

    for path in ("/docs", "/request-access", "/dashboard/", "/admin/", "/openapi.json"):
        assert f'href="{path}"' in page

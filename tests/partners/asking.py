"""A stranger who asks for access, and the letters that come of it."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from partners import access, letters, tenancy
from partners.models import AccessRequest, ApiKey

ASKED = {
    "company": "Acme Health",
    "practice": "DemoOffice",
    "contact": "Ada Lovelace",
    "email": "ada@example.com",
    "scopes": ["Prospects", "Scheduling"],
    "purpose": "Visitors of our clients' websites book a first visit.",
}


@pytest.fixture
def browser(database: None) -> Browser:
    return Browser()


@pytest.fixture
def post(browser: Browser) -> Any:
    """POST JSON to the API."""

    def send(**changes: Any) -> Any:
        body = {**ASKED, **changes}
        return browser.post("/v1/access-requests", body, content_type="application/json")

    return send


def send_letters(now: datetime.datetime | None = None) -> int:
    with tenancy.acting_as(tenancy.WORKER):
        return letters.send_due(now or timezone.now())


def only_request(staff: Any) -> AccessRequest:
    with staff():
        return AccessRequest.objects.get()


def link_in(letter: Any) -> str:
    found = re.search(r"http://[^/]+(/request-access/\S+)", letter.body)
    assert found is not None, letter.body
    return found[1]


@pytest.fixture
def confirmed(post: Any, browser: Browser, mailoutbox: Any, staff: Any) -> AccessRequest:
    """A request whose address is confirmed."""
    post()
    send_letters()
    browser.post(link_in(mailoutbox.pop()))
    return only_request(staff)


def approve(request: AccessRequest, practice: Any, staff: Any, **changes: Any) -> ApiKey:
    facts = {"partner": None, "scopes": ["Prospects"], "by": "grace", "now": timezone.now()}
    with staff():
        return access.approve(request=request, practice=practice, **{**facts, **changes})

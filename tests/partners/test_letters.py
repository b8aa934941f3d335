"""Letters about access, through a mail server that listens on a port, as EMAIL_URL names it."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from emrapi.settings import env
from partners import letters, tenancy
from partners.models import AccessRequest
from tests.mail_server import MailServer, mail_server

ASKED = {
    "company": "Zoë & Söhne",
    "practice": "DemoOffice",
    "contact": "Ada Lovelace",
    "email": "ada@example.com",
    "scopes": ["Prospects"],
    "purpose": "Visitors of our clients' websites book a first visit.",
}


@pytest.fixture
def post_office(settings: Any) -> Iterator[MailServer]:
    """A mail server, and settings that name it."""
    with mail_server() as server:
        for name, value in env.email_url_config(server.url).items():
            setattr(settings, name, value)
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def asked(database: None) -> Browser:
    """Who has asked for access."""
    browser = Browser()
    answer = browser.post("/v1/access-requests", ASKED, content_type="application/json")
    assert answer.status_code == 202
    return browser


def send_letters(minutes: int = 0) -> int:
    with tenancy.acting_as(tenancy.WORKER):
        return letters.send_due(timezone.now() + datetime.timedelta(minutes=minutes))


def test_letter_arrives_and_its_link_confirms(
    post_office: MailServer, asked: Browser, staff: Any
) -> None:
    assert send_letters() == 1

    (letter,) = post_office.letters
    assert (letter["To"], letter["From"]) == ("ada@example.com", "OfficePro <noreply@localhost>")
    text = letter.get_content()
    assert "Zoë & Söhne" in text
    link = re.search(r"http://[^/]+(/request-access/\S+)", text)
    assert link is not None
    assert asked.post(link[1]).status_code == 200
    with staff():
        assert AccessRequest.objects.get().status == AccessRequest.Status.PENDING


@pytest.mark.parametrize("mood", ["refuse", "hang up", "shut out"])
def test_letter_that_is_not_taken_is_sent_later(
    post_office: MailServer, asked: Browser, mood: str
) -> None:
    post_office.mood = mood
    assert send_letters() == 0
    assert post_office.letters == []

    post_office.mood = ""
    assert send_letters() == 0  # not at once
    assert send_letters(minutes=11) == 1
    assert len(post_office.letters) == 1


def test_letter_waits_for_a_mail_server_that_is_down(settings: Any, asked: Browser) -> None:
    with mail_server() as server:
        for name, value in env.email_url_config(server.url).items():
            setattr(settings, name, value)
    assert send_letters() == 0

    with mail_server() as server:
        settings.EMAIL_PORT = server.server_address[1]
        assert send_letters(minutes=11) == 1
        assert len(server.letters) == 1

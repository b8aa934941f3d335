"""What staff see when something is not for them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from partners.models import AuditEntry, Practice

Staff = Callable[[], AbstractContextManager[None]]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def viewer(staff: Staff) -> Client:
    """The browser of a viewer; kim and mia are administrators."""
    browser = Client(REMOTE_ADDR="203.0.113.9")
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", "secret")
        mia = User.objects.create_user("mia", is_staff=True)
        mia.groups.add(Group.objects.get(name="Administrator"))
        gone = User.objects.create_user("gone", is_staff=True, is_active=False)
        gone.groups.add(Group.objects.get(name="Administrator"))
        lee = User.objects.create_user("lee", is_staff=True)
        lee.groups.add(Group.objects.get(name="Viewer"))
        browser.force_login(lee, BACKEND)
    return browser


def words(answer: Any) -> str:
    """The text of the page's middle."""
    page = answer.content.decode()
    middle = page[page.index('id="content"') :]
    return " ".join(re.sub(r"<[^>]*>", " ", middle).split())


@pytest.mark.parametrize(
    ("method", "page", "what"),
    [
        ("get", "/admin/prospects/person/", "see People"),
        ("get", "/admin/prospects/person/1/change/", "see People"),
        ("get", "/admin/partners/practice/add/", "add Practices"),
        ("post", "/admin/partners/practice/{practice}/change/", "change Practices"),
        ("get", "/admin/partners/apikey/revoke/", "do this with API keys"),
        ("get", "/admin/otp_totp/totpdevice/add/", "add TOTP devices"),
        ("get", "/dashboard/calendar/", "open this page"),
        ("post", "/dashboard/access-requests/1/deny", "do this"),
    ],
)
def test_page_says_what_and_whom_to_ask(
    viewer: Client, our_practice: Practice, staff: Staff, method: str, page: str, what: str
) -> None:
    page = page.format(practice=our_practice.pk)

    answer = getattr(viewer, method)(page)

    assert answer.status_code == 403
    said = words(answer)
    assert f"Your account may not {what}." in said
    assert "ask an administrator: kim, mia." in said
    assert "Back to the start page" in said
    with staff():
        entry = AuditEntry.objects.get(action="refused")
    assert (entry.actor, entry.ip, entry.detail) == (
        "lee", "203.0.113.9", f"{method.upper()} {page}",
    )  # fmt: skip


def test_what_is_asked_for_in_the_query_is_not_kept(viewer: Client, staff: Staff) -> None:
    viewer.get("/admin/prospects/person/", {"q": "Jane Roe"})

    with staff():
        entry = AuditEntry.objects.get(action="refused")
    assert "Jane" not in repr(vars(entry))


def test_form_from_elsewhere(viewer: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = viewer.cookies

    for browser in (strict, Client(enforce_csrf_checks=True)):
        answer = browser.post("/admin/login/", {"username": "kim", "password": "secret"})

        assert answer.status_code == 403
        assert "Nothing was saved. Go back, reload the page, and send it again." in words(answer)


def test_locked_out(viewer: Client) -> None:
    browser = Client()
    for _ in range(5):
        answer = browser.post("/admin/login/", {"username": "kim", "password": "wrong"})

    assert answer.status_code == 429
    assert "too many wrong passwords" in words(answer)


@pytest.mark.parametrize("page", ["/dashboard/access-requests/999/", "/dashboard/nowhere/"])
def test_what_is_not_there(viewer: Client, page: str) -> None:
    answer = viewer.get(page)

    assert answer.status_code == 404
    assert "There is no such page, or what it was about is gone." in words(answer)
    assert "Back to the start page" in words(answer)


def test_programs_get_a_problem(database: None) -> None:
    missing = Client().get("/v1/nowhere")
    assert missing.status_code == 404
    assert missing.headers["Content-Type"] == "application/problem+json"
    answer = Client().get("/v1/DemoOffice/prospects", headers={"Authorization": "Bearer nonsense"})

    assert answer.headers["Content-Type"] == "application/problem+json"


def test_who_reads_gets_a_page_and_a_program_a_problem(database: None) -> None:
    reader = {"Accept": "text/html,application/xhtml+xml"}
    page, problem, call = (
        Client().get(path, headers=headers)
        for path, headers in (("/nowhere", reader), ("/nowhere", {}), ("/v1/nowhere", reader))
    )

    assert [each.status_code for each in (page, problem, call)] == [404] * 3
    assert "Back to the front door" in page.content.decode()
    for each in (problem, call):
        assert each.headers["Content-Type"] == "application/problem+json"

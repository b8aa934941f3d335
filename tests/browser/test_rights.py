"""Being refused, making an account, and reading the audit log, in a browser."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from partners.models import Practice
from prospects.models import Person
from tests.browser.chromium import Page
from tests.browser.conftest import PASSWORD
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.prospects.factories import PersonFactory


@pytest.fixture
def people(our_practice: Practice) -> list[Person]:
    """To be read about."""
    return PersonFactory.create_batch(3, practice=our_practice)


@pytest.fixture
def viewer(staff: Any) -> str:
    """Somebody who may look at figures, and not at patients."""
    with staff():
        lee = User.objects.create_user("lee", password=PASSWORD, is_staff=True)
        lee.groups.set(Group.objects.filter(name="Viewer"))
    return "lee"


@on_desk_and_phone
def test_viewer_is_refused_politely(
    viewer: str,
    people: list[Person],
    administrator: str,
    sign_in: Any,
    page: Page,
    eyes: Eyes,
    complaints: list[str],
) -> None:
    sign_in("/dashboard/", viewer)
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    assert page.get_by_role("link", name="Calendar").count() == 0

    eyes.see(f"/admin/prospects/person/{people[0].pk}/change/")

    assert page.get_by_text("Your account may not see People.").is_visible()
    assert page.get_by_text(f"ask an administrator: {administrator}.").is_visible()
    page.get_by_role("link", name="Back to the start page").press("Enter")
    page.wait_for_url(f"{eyes.address}/admin/")
    # The browser itself says that a page was refused.
    assert len(complaints) == 1
    assert "403" in complaints.pop()
    assert eyes.faults == []


@on_desk_and_phone
def test_reading_is_in_the_audit_log(
    people: list[Person], viewer: str, sign_in: Any, page: Page, eyes: Eyes
) -> None:
    sign_in("/admin/prospects/person/")
    page.get_by_role("link", name=people[0].full_name).click()
    page.wait_for_url("**/change/")
    eyes.open("/admin/")

    page.get_by_role("link", name="Audit log entries", exact=True).first.click()

    expect(page.get_by_text("signed in").first).to_be_visible()
    read = page.get_by_role("row").filter(has_text=f"person {people[0].pk}")
    assert read.filter(has_text="viewed").filter(has_text="DemoOffice").count() == 1
    assert page.get_by_role("row").filter(has_text="listed").filter(has_text="3 rows").count() == 1
    assert people[0].full_name not in page.content()
    eyes.look()
    assert eyes.faults == []


@on_desk_and_phone
def test_account_gets_a_group(
    viewer: str, administrator: str, sign_in: Any, page: Page, eyes: Eyes
) -> None:
    sign_in("/admin/auth/user/")
    eyes.look()
    page.get_by_role("link", name=viewer).click()
    page.get_by_label("Support").check()
    eyes.look()
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("row").filter(has_text=viewer)
    expect(row.filter(has_text="Support, Viewer")).to_have_count(1)
    eyes.open(f"/admin/partners/auditentry/?action=granted&who={administrator}")
    page.get_by_role("row").filter(has_text="group Support").get_by_role("link").first.click()
    page.wait_for_url("**/auditentry/*/change/**")
    eyes.look()
    eyes.see("/admin/auth/group/add/", "/admin/auth/user/add/")

    assert eyes.faults == []


def test_locked_out(
    administrator: str, sign_in: Any, page: Page, eyes: Eyes, complaints: list[str]
) -> None:
    for _ in range(5):
        sign_in("/admin/", administrator, "wrong")

    assert page.get_by_text("There were too many wrong passwords.").is_visible()
    eyes.look()
    assert eyes.faults == []
    assert "429" in complaints.pop()

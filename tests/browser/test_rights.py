"""Being refused, making an account, and reading the audit log, in a browser."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from partners.models import Practice
from prospects.models import Person
from tests.browser.chromium import Page
from tests.browser.conftest import PASSWORD
from tests.browser.test_access_requests import taken
from tests.prospects.factories import PersonFactory

SIZES = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
_SCROLLS = "document.documentElement.scrollWidth > innerWidth"


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


def enter(page: Page, address: str, name: str, password: str = PASSWORD) -> None:
    """Sign in."""
    page.goto(f"{address}/admin/login/?next=/dashboard/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.click("[type=submit]")


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_viewer_is_refused_politely(
    viewer: str,
    people: list[Person],
    administrator: str,
    address: str,
    page: Page,
    complaints: list[str],
    wcag_faults: Any,
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    enter(page, address, viewer)
    assert page.get_by_role("link", name="Overview").is_visible()
    assert page.get_by_role("link", name="Calendar").count() == 0

    page.goto(f"{address}/admin/prospects/person/{people[0].pk}/change/")

    assert page.get_by_text("Your account may not see People.").is_visible()
    assert page.get_by_text(f"ask an administrator: {administrator}.").is_visible()
    taken(page, f"refused-{scheme}-{width}")
    assert wcag_faults() == []
    assert not page.evaluate(_SCROLLS)
    page.get_by_role("link", name="Back to the start page").press("Enter")
    page.wait_for_url(f"{address}/admin/")
    # The browser itself says that a page was refused.
    assert len(complaints) == 1
    assert "403" in complaints.pop()


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_reading_is_in_the_audit_log(
    people: list[Person],
    viewer: str,
    sign_in: Any,
    address: str,
    page: Page,
    wcag_faults: Any,
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in("/admin/prospects/person/")
    page.get_by_role("link", name=people[0].full_name).click()
    page.goto(f"{address}/admin/")

    page.get_by_role("link", name="Audit log entries", exact=True).first.click()

    assert page.get_by_text("signed in").first.is_visible()
    read = page.get_by_role("row").filter(has_text=f"person {people[0].pk}")
    assert read.filter(has_text="viewed").filter(has_text="DemoOffice").count() == 1
    assert page.get_by_role("row").filter(has_text="listed").filter(has_text="3 rows").count() == 1
    assert people[0].full_name not in page.content()
    taken(page, f"audit-{scheme}-{width}")
    assert wcag_faults() == []
    assert not page.evaluate(_SCROLLS)


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_account_gets_a_group(
    viewer: str,
    administrator: str,
    sign_in: Any,
    address: str,
    page: Page,
    wcag_faults: Any,
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in("/admin/auth/user/")
    taken(page, f"users-{scheme}-{width}")
    assert wcag_faults() == []
    page.get_by_role("link", name=viewer).click()
    page.get_by_label("Support").check()
    taken(page, f"user-{scheme}-{width}")
    assert wcag_faults() == []
    assert not page.evaluate(_SCROLLS)
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("row").filter(has_text=viewer)
    assert row.filter(has_text="Support, Viewer").count() == 1
    page.goto(f"{address}/admin/partners/auditentry/?action=granted&who={administrator}")
    page.get_by_role("row").filter(has_text="group Support").get_by_role("link").first.click()
    for name in ("entry", "group", "new-user"):
        taken(page, f"{name}-{scheme}-{width}")
        assert wcag_faults() == []
        assert not page.evaluate(_SCROLLS)
        page.goto(f"{address}/admin/auth/{'group' if name == 'entry' else 'user'}/add/")


def test_locked_out(
    administrator: str, address: str, page: Page, complaints: list[str], wcag_faults: Any
) -> None:
    for _ in range(5):
        enter(page, address, administrator, "wrong")

    assert page.get_by_text("There were too many wrong passwords.").is_visible()
    taken(page, "locked-out")
    assert wcag_faults() == []
    assert "429" in complaints.pop()

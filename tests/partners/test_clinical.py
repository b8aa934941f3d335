"""Who reads of patients on staff pages is in the audit log, and nothing of what was read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.test import Client as DjangoClient

from partners.checks import reading_of_patients_is_noted
from partners.models import AuditEntry, Practice
from prospects.admin import PersonAdmin
from prospects.models import Person, Tag
from scheduling.models import Visit
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory
from tests.scheduling.factories import HoldFactory, VisitFactory, VisitTypeFactory, at, span
from tests.tickets.factories import TicketFactory

Staff = Callable[[], AbstractContextManager[None]]
PEOPLE = "/admin/prospects/person/"
VISITS = "/admin/scheduling/visit/"


@pytest.fixture
def browser(staff: Staff) -> DjangoClient:
    """Kim's, who may do everything, at an address of its own."""
    browser = DjangoClient(REMOTE_ADDR="203.0.113.9", headers={"X-Request-Id": "request-1"})
    with staff():
        user = User.objects.create_superuser("kim", "kim@example.com", "secret")
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def read(staff: Staff) -> Callable[..., list[Any]]:
    """What was read, in the named columns."""

    def told(*columns: str) -> list[Any]:
        with staff():
            rows = AuditEntry.objects.filter(action__in=["viewed", "listed"])
            assert not rows.exclude(actor="kim", ip="203.0.113.9", request_id="request-1").exists()
            return list(rows.order_by("id").values_list(*columns))

    return told


@pytest.fixture
def occupied(our_practice: Practice) -> dict[str, Any]:
    """What takes a provider's time next."""
    return {
        "provider": ProviderFactory.create(practice=our_practice),
        "visit_type": VisitTypeFactory.create(practice=our_practice),
        "during": span(at(our_practice, "2031-03-11", "09:00"), 30),
    }


def test_person(browser: DjangoClient, our_practice: Practice, read: Any) -> None:
    person = PersonFactory.create(practice=our_practice, full_name="Jane Roe")
    page = f"{PEOPLE}{person.pk}/"

    assert browser.get(f"{page}change/").status_code == 200
    assert browser.get(f"{page}history/").status_code == 200

    of = ("viewed", "prospects.person", str(person.pk), our_practice.pk)
    columns = ("action", "object_type", "object_id", "practice_id", "detail")
    assert read(*columns) == [(*of, ""), (*of, "history")]


def test_form_that_was_refused_shows_the_person_again(
    browser: DjangoClient, our_practice: Practice, read: Any
) -> None:
    person = PersonFactory.create(practice=our_practice)

    answer = browser.post(f"{PEOPLE}{person.pk}/change/", {"email": "none"})

    assert answer.status_code == 200
    assert read("action", "object_id") == [("viewed", str(person.pk))]


def test_list_of_people(
    browser: DjangoClient, our_practice: Practice, other_practice: Practice, read: Any
) -> None:
    for practice in (our_practice, our_practice, other_practice):
        PersonFactory.create(practice=practice, full_name="Jane Roe")

    browser.get(PEOPLE)
    browser.get(PEOPLE, {"ppass": "DemoOffice", "q": "jane"})
    browser.get(PEOPLE, {"q": "nobody of this name"})

    assert read("action", "object_type", "object_id", "practice_id", "detail") == [
        ("listed", "prospects.person", "", None, "3 rows of 2 practices"),
        ("listed", "prospects.person", "", our_practice.pk, "2 rows, searched"),
        ("listed", "prospects.person", "", None, "0 rows, searched"),
    ]


def test_visits_holds_and_tickets(browser: DjangoClient, occupied: Any, read: Any) -> None:
    visit, hold = VisitFactory.create(**occupied), HoldFactory.create(**occupied)
    ticket = TicketFactory.create()
    kinds = {"scheduling/visit": visit, "scheduling/hold": hold, "tickets/ticket": ticket}

    for name, row in kinds.items():
        assert browser.get(f"/admin/{name}/").status_code == 200
        assert browser.get(f"/admin/{name}/{row.pk}/change/").status_code == 200
    browser.get(f"{VISITS}{visit.pk}/reschedule/")
    browser.get(f"/admin/scheduling/hold/{hold.pk}/delete/")
    browser.post(
        "/admin/scheduling/hold/", {"action": "delete_selected", "_selected_action": hold.pk}
    )

    assert read("action", "object_type", "object_id", "practice_id", "detail") == [
        entry
        for name, row in kinds.items()
        for entry in (
            ("listed", name.replace("/", "."), "", row.practice_id, "1 row"),
            ("viewed", name.replace("/", "."), str(row.pk), row.practice_id, ""),
        )
    ] + [
        ("viewed", "scheduling.visit", str(visit.pk), visit.practice_id, "to reschedule"),
        ("viewed", "scheduling.hold", str(hold.pk), hold.practice_id, "before deleting"),
        ("listed", "scheduling.hold", "", hold.practice_id, "1 row"),
    ]


def test_calendar_is_noted_once_while_one_looks(
    browser: DjangoClient, our_practice: Practice, read: Any
) -> None:
    page = {"practice": "DemoOffice", "date": "2031-03-11"}
    for _ in range(3):
        assert browser.get("/dashboard/calendar/", page).status_code == 200
    browser.get("/dashboard/calendar/", {**page, "view": "week"})

    assert read("action", "object_type", "practice_id", "detail") == [
        ("listed", "scheduling.visit", our_practice.pk, f"calendar, {days}, 0 visits")
        for days in ("2031-03-11 to 2031-03-11", "2031-03-10 to 2031-03-16")
    ]


def test_nothing_is_noted_for_whom_it_was_refused(
    staff: Staff, our_practice: Practice, read: Any
) -> None:
    person = PersonFactory.create(practice=our_practice)
    browser = DjangoClient()
    with staff():
        browser.force_login(User.objects.create_user("mia", is_staff=True))

    for page in (PEOPLE, f"{PEOPLE}{person.pk}/change/", f"{PEOPLE}{person.pk}/history/"):
        assert browser.get(page).status_code == 403

    assert read("id") == []


def test_people_are_not_suggested(browser: DjangoClient, our_practice: Practice) -> None:
    PersonFactory.create(practice=our_practice, full_name="Jane Roe")
    asked = {"app_label": "scheduling", "model_name": "visit", "field_name": "person"}

    answer = browser.get("/admin/autocomplete/", {**asked, "term": "jane"})

    assert answer.status_code == 403
    assert "Jane" not in answer.content.decode()


def test_what_staff_change_is_noted_without_what_it_is(
    browser: DjangoClient, our_practice: Practice, occupied: Any, staff: Staff
) -> None:
    visit = VisitFactory.create(**occupied)

    browser.post(f"{VISITS}{visit.pk}/change/", {"status": "arrived", "complaint": "Itching"})

    with staff():
        entry = AuditEntry.objects.get(action="changed")
    assert (entry.object_type, entry.object_id) == ("scheduling.visit", str(visit.pk))
    assert (entry.practice_id, entry.ip) == (our_practice.pk, "203.0.113.9")
    assert set(entry.detail.split(", ")) == {"Status", "Complaint"}


def test_words_about_a_visit_are_not_taken_over(
    our_practice: Practice, occupied: Any, browser: DjangoClient, staff: Staff
) -> None:
    visit = VisitFactory.create(**occupied)
    with staff():
        kim = User.objects.get(username="kim")
        text = "Moved from Tue 2031-03-11 09:00 to 10:00."
        LogEntry.objects.log_actions(kim.pk, [visit], CHANGE, text)

        entry = AuditEntry.objects.get(action="moved")
    assert (entry.object_id, entry.practice_id) == (str(visit.pk), our_practice.pk)
    assert entry.detail == ""


# --- No admin of patients without it -------------------------------------------------------------


def test_every_admin_says_it() -> None:
    assert reading_of_patients_is_noted() == []


class Forgetful(admin.ModelAdmin[Any]):
    """Says nothing."""


class Mistaken(admin.ModelAdmin[Any]):
    """Says what is not so."""

    tells_of_patients = False


@pytest.mark.parametrize(
    ("model", "page", "is_refused"),
    [
        (Person, Forgetful, True),
        (Person, Mistaken, True),
        (Visit, Mistaken, True),
        (Tag, Forgetful, True),
        (Tag, Mistaken, False),
        (Person, PersonAdmin, False),
    ],
)
def test_admin_that_forgets_it(
    model: Any, page: Any, is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(admin.site._registry, model, page(model, admin.site))

    assert [each.id for each in reading_of_patients_is_noted()] == ["partners.E002"] * is_refused

"""Every staff page, walked by each group and by staff in none: opened, or politely refused."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.models import ApiCall
from partners.models import AccessRequest, AuditEntry, Practice
from tests.catalog.factories import ProductFactory, VendorGrantFactory
from tests.dashboard import rows
from tests.dashboard.expected_rights import ACTIONS, GROUPS, KINDS, OPEN, PAGES
from tests.factories import ProviderFactory
from tests.knowledge.factories import ArticleFactory
from tests.prospects.factories import PersonFactory, TagFactory
from tests.scheduling.factories import (
    CalendarRulesFactory,
    ClosureFactory,
    HoldFactory,
    ResourceFactory,
    TimeOffFactory,
    VisitFactory,
    VisitTypeFactory,
    at,
    span,
)
from tests.tickets.factories import TicketFactory
from tests.webhooks.rows import due, subscribe
from webhooks.models import DispatchState, LogEntry

Staff = Callable[[], AbstractContextManager[None]]
# One letter of nobody's group: staff who are in none.
ACCOUNTS = (*GROUPS, "-")


@pytest.fixture
def browser_of(staff: Staff) -> Callable[[str], Client]:
    """The browser of somebody in a group."""

    def sign_in(letter: str) -> Client:
        browser = Client(raise_request_exception=True)
        with staff():
            user = User.objects.create_user(f"user{letter}", is_staff=True)
            user.groups.set(Group.objects.filter(name=GROUPS.get(letter, "")))
            browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


@pytest.fixture
def group(staff: Staff) -> Iterator[Group]:
    """A group more; those that are there always are not wiped, so none is to change."""
    with staff():
        made = Group.objects.create(name="Night watch")
    yield made
    with staff():
        made.delete()


@pytest.fixture
def stock(
    staff: Staff, our_practice: Practice, partner: Any, make_key: Any, group: Group
) -> dict[str, Any]:
    """A row of every kind."""
    provider = ProviderFactory.create(practice=our_practice)
    visit_type = VisitTypeFactory.create(practice=our_practice)
    during = span(at(our_practice, "2031-03-11", "09:00"), 30)
    taken = {"provider": provider, "during": during}
    key = make_key(our_practice)
    hook = subscribe(our_practice, partner, "https://partner.example.com/hook")
    (delivery,) = due(hook, 1)
    rows.write(rows.call(at=timezone.now()))
    with staff():
        account = User.objects.create_user("somebody", is_staff=True)
        DispatchState.objects.get_or_create(practice=our_practice)
        tried = {"username": "x", "ip_address": "203.0.113.1", "path_info": "/admin/login/"}
        return {
            "dashboard_apicall": ApiCall.objects.latest("id"),
            "partners_practice": our_practice,
            "partners_partner": partner,
            "partners_apikey": key,
            "partners_accessrequest": AccessRequest.objects.create(
                company="Bright CRM",
                practice="Demo",
                contact="Mia",
                email="mia@example.com",
                scopes=["Prospects"],
                purpose="Sync",
                status="pending",
            ),
            "partners_auditentry": AuditEntry.objects.latest("id"),
            "prospects_person": PersonFactory.create(practice=our_practice),
            "prospects_tag": TagFactory.create(practice=our_practice),
            "scheduling_visit": VisitFactory.create(**taken, visit_type=visit_type),
            "scheduling_hold": HoldFactory.create(
                provider=ProviderFactory.create(practice=our_practice),
                visit_type=visit_type,
                during=during,
            ),
            "tickets_ticket": TicketFactory.create(practice=our_practice),
            "scheduling_provider": provider,
            "scheduling_resource": ResourceFactory.create(practice=our_practice),
            "scheduling_visittype": visit_type,
            "scheduling_calendarrules": CalendarRulesFactory.create(practice=our_practice),
            "scheduling_timeoff": TimeOffFactory.create(**taken),
            "scheduling_closure": ClosureFactory.create(practice=our_practice, during=during),
            "catalog_product": ProductFactory.create(),
            "catalog_vendorgrant": VendorGrantFactory.create(partner=partner),
            "knowledge_article": ArticleFactory.create(),
            "webhooks_subscription": hook,
            "webhooks_delivery": delivery,
            "webhooks_logentry": LogEntry.objects.latest("id"),
            "webhooks_dispatchstate": DispatchState.objects.get(practice=our_practice),
            "auth_user": account,
            "auth_group": group,
            "otp_totp_totpdevice": TOTPDevice.objects.create(user=account, name="phone"),
            "axes_accessattempt": AccessAttempt.objects.create(**tried, failures_since_start=1),
            "axes_accesslog": AccessLog.objects.create(**tried),
            "axes_accessfailurelog": AccessFailureLog.objects.create(**tried),
        }


def test_no_page_is_left_out() -> None:
    known = {f"admin:{kind}_{page}" for kind in KINDS for page in _USUAL} | {*PAGES} | OPEN

    assert set(_names(get_resolver().url_patterns)) == known


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_pages_of_each_kind(browser_of: Any, stock: dict[str, Any], letter: str) -> None:
    browser = browser_of(letter)
    walked = {
        kind: tuple(_may(browser, method, kind, page, stock[kind]) for method, page in _WALK)
        for kind in KINDS
    }

    assert walked == {
        kind: tuple(letter in who for who in (see, see, see, add, change, delete))
        for kind, (see, add, change, delete) in KINDS.items()
    }


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_other_pages(browser_of: Any, stock: dict[str, Any], letter: str) -> None:
    browser = browser_of(letter)
    walked = {}
    for name, (method, _) in PAGES.items():
        path, query = _address(name, stock)
        answer = getattr(browser, method.lower())(path, query)
        walked[name] = answer.status_code != 403
        assert answer.status_code in ({200, 302} if walked[name] else {403}), name
        assert walked[name] or "Your account may not" in answer.content.decode()

    assert walked == {name: letter in who for name, (_, who) in PAGES.items()}


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_actions_on_several_rows(browser_of: Any, stock: dict[str, Any], letter: str) -> None:
    browser = browser_of(letter)
    offered = {}
    for kind, (see, *_) in KINDS.items():
        if letter not in see:
            continue
        page = browser.get(reverse(f"admin:{kind}_changelist")).context_data
        choices = page["action_form"].fields["action"].choices if page["action_form"] else []
        offered[kind] = {name for name, _ in choices if name}

    assert offered == {
        kind: {name for name, who in ACTIONS.get(kind, {}).items() if letter in who}
        for kind in offered
    }


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_what_is_not_offered_is_not_done(
    browser_of: Any, stock: dict[str, Any], staff: Staff, letter: str
) -> None:
    browser = browser_of(letter)
    watched = ("scheduling_visit", "scheduling_hold", "tickets_ticket", "scheduling_timeoff")
    for kind in watched:
        for action, who in ACTIONS[kind].items():
            if letter not in who:
                form = {"action": action, "_selected_action": stock[kind].pk, "post": "yes"}
                browser.post(reverse(f"admin:{kind}_changelist"), form)

    with staff():
        for kind in watched:
            kept = type(stock[kind]).objects.get(pk=stock[kind].pk)
            assert getattr(kept, "status", None) == getattr(stock[kind], "status", None)


@pytest.mark.parametrize("letter", ACCOUNTS)
def test_start_page_leads_only_where_one_may_go(
    browser_of: Any, stock: dict[str, Any], letter: str
) -> None:
    page = browser_of(letter).get("/admin/").content.decode()

    assert {kind for kind in KINDS if f'"{reverse(f"admin:{kind}_changelist")}"' in page} == {
        kind for kind, (see, *_) in KINDS.items() if letter in see
    }


def test_nobody_gets_in_without_signing_in(stock: dict[str, Any]) -> None:
    browser = Client()
    pages = [_address(name, stock)[0] for name in PAGES]
    pages += [reverse(f"admin:{kind}_changelist") for kind in KINDS]
    pages += [reverse(f"admin:{kind}_change", args=[stock[kind].pk]) for kind in KINDS]

    for page in pages:
        for answer in (browser.get(page), browser.post(page)):
            location = answer.headers.get("Location", "")
            assert answer.status_code == 405 or location.startswith("/admin/login/"), page


# --- How to walk ---------------------------------------------------------------------------------

_USUAL = ("changelist", "add", "history", "delete", "change")
_WALK = (
    ("get", "changelist"),
    ("get", "change"),
    ("get", "history"),
    ("get", "add"),
    ("post", "change"),
    ("get", "delete"),
)


def _may(browser: Client, method: str, kind: str, page: str, row: Any) -> bool:
    arguments = [] if page in {"changelist", "add"} else [row.pk]
    answer = getattr(browser, method)(reverse(f"admin:{kind}_{page}", args=arguments))
    said = answer.content.decode()
    if answer.status_code == 403:
        assert "Your account may not" in said
        return False
    assert answer.status_code in ({200, 302} if method == "post" else {200}), (kind, page)
    return True


def _address(name: str, stock: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A page's path, for the row of its kind, and what to send along."""
    kinds = {"partner": "partners_partner", "subscription": "webhooks_subscription"}
    kind = next((kind for kind in KINDS if f":{kind}_" in name), None)
    if name.startswith("dashboard:access_request") and name != "dashboard:access_requests":
        return reverse(name, args=[stock["partners_accessrequest"].pk]), {}
    if (of := kinds.get(name.partition(":")[2])) is not None:
        return reverse(name, args=[stock[of].pk]), {}
    if kind is None or name.endswith(("_preview", "_file")):
        return reverse(name), {}
    pk = stock[kind].pk
    if kind in {"partners_apikey", "webhooks_subscription", "webhooks_delivery"}:
        return reverse(name), {"key": pk, "id": pk}
    return reverse(name, args=[pk, 1] if "revision" in name else [pk]), {}


def _names(patterns: Any, namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name and namespace in {"admin", "dashboard"}:
            yield f"{namespace}:{pattern.name}"

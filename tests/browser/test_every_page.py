"""Every page that staff get to by links: for every eye, on a desk and on a phone, all our own."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import resolve
from django.utils import timezone

from dashboard.urls import urlpatterns
from emrapi import heartbeats
from partners import access, tenancy
from partners.models import AccessRequest, Partner, Practice
from tests.browser import traffic
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.factories import PartnerFactory
from tests.webhooks.rows import due, subscribe
from webhooks import dispatch

pytestmark = pytest.mark.timeout(400)

_START = ("/dashboard/", "/admin/")
# Files and frames rather than pages, and an answer to POST alone.
_NO_PAGES = {
    *("dashboard:activity_file", "admin:partners_auditentry_file"),
    *("admin:logout", "admin:jsi18n", "admin:view_on_site"),
}


@pytest.fixture
def furnished(database: None, staff: Any) -> None:
    """The demo's rows, calls, and whatever else makes a page."""
    with staff():
        call_command("seed_demo", "--json", stdout=StringIO(), stderr=StringIO())
        practices = list(Practice.objects.order_by("pk"))
        partner = Partner.objects.earliest("pk")
        strangers = [PartnerFactory.create(name=name) for name in ("Bright CRM", "Harbor Booking")]
    due(subscribe(practices[0], partner, "https://hooks.example.com/in"), 1, 2)
    traffic.make(practices, [partner, *strangers], timezone.now(), calls=1500)
    for name in ("celery@one", "sender@one", heartbeats.BEAT):
        heartbeats.give_sign(name)
    with tenancy.acting_as(tenancy.SENDER):
        dispatch.publish()
    access.ask(
        company="Acme Health",
        practice="DemoOffice",
        contact="Ada Lovelace",
        email="ada@example.com",
        scopes=["Prospects"],
        purpose="First visits.",
        address="203.0.113.7",
    )
    with staff():
        AccessRequest.objects.update(status="pending", confirmed_at=timezone.now())


@on_desk_and_phone
def test_every_page_is_for_everybody(furnished: None, sign_in: Any, eyes: Eyes) -> None:
    sign_in("/dashboard/")
    seen = set()
    for name in _linked_pages(eyes.page, eyes.address):
        seen.add(name)
        eyes.look()

    assert eyes.faults == []
    assert _wanted() - seen == set()


def _linked_pages(page: Page, address: str) -> Iterator[str]:
    """Open one page of each view, by following links; its name."""
    waiting = [f"{address}{path}" for path in _START]
    known = set()
    while waiting:
        url = waiting.pop(0)
        path = urlsplit(url).path
        if not path.startswith(_START) or (name := resolve(path).view_name) in known | _NO_PAGES:
            continue
        known.add(name)
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        waiting += [
            urljoin(url, link)
            for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        ]
        yield name


def _wanted() -> set[str]:
    """The pages that must be among them, or a link is missing somewhere."""
    lists = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model, shown in admin.site._registry.items()
        if shown.get_model_perms.__func__ is admin.ModelAdmin.get_model_perms
    }
    own = {f"dashboard:{each.name}" for each in urlpatterns}
    decisions = {name for name in own if name.startswith("dashboard:access_request_")}
    return (lists | own) - decisions - _NO_PAGES

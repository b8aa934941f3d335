"""Webhooks in the admin: lists and filters, their cost, and what is never shown."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.paginator import CappedPaginator
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import due, now_is, publish, subscribe
from tests.webhooks.staff_rows import DELIVERIES, SUBSCRIPTIONS, boss, row, text_of
from webhooks import subscribing
from webhooks.models import DispatchState, Subscription

__all__ = ["boss", "reachable", "receiver", "row"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["DemoOffice", "OtherOffice"]),
        ("?ppass=demooffice", ["DemoOffice"]),
        ("?health=well", ["OtherOffice"]),
        ("?health=failing", ["DemoOffice"]),
        ("?health=disabled", []),
        ("?health=nonsense", ["DemoOffice", "OtherOffice"]),
        ("?partner=nobody", []),
        ("?q=other.example.com", ["OtherOffice"]),
    ],
)
def test_subscriptions_show_their_health(boss, row, staff, query, expected):
    with staff():
        Subscription.objects.filter(pk=row.pk).update(
            failing_since=timezone.now() - datetime.timedelta(hours=3), failures=5
        )

    page = text_of(boss.get(f"{SUBSCRIPTIONS}{query}"))

    found = re.findall(r">[^<>]* at (\w+) <span", page)
    assert sorted(found) == expected
    if "DemoOffice" in expected:
        assert "for 3\xa0hours, 5 in a row" in page


@pytest.mark.parametrize("count", [1, 3, 100])
def test_lists_cost_the_same_however_many_there_are(boss, row, our_practice, count):
    for _ in range(count if count < 100 else 3):
        subscribe(our_practice, PartnerFactory.create(), "https://x.example.com/")
    due(row, *range(1, count + 1))
    happen(our_practice, *range(count))

    def queries(path):
        with CaptureQueriesContext(connection) as made:
            assert boss.get(path).status_code == 200
        return len([q for q in made if q["sql"].startswith("SELECT") and "webhooks_" in q["sql"]])

    assert queries(SUBSCRIPTIONS) == 2
    assert queries(DELIVERIES) == 2
    assert queries("/admin/webhooks/logentry/") == 2
    assert queries("/admin/webhooks/dispatchstate/") <= 2


def test_nothing_secret_is_shown(boss, row, staff):
    with staff():
        subscribing.rotate_secret(subscription=now_is(row), now=timezone.now())
    stored = now_is(row)

    page = text_of(boss.get(f"{SUBSCRIPTIONS}{row.pk}/change/"))

    assert row.hook_url in page
    for secret in (stored.secret, stored.previous_secret, row.plain_secret, "whsec_"):
        assert secret not in page


def test_there_is_nothing_to_edit_add_or_delete(boss, row):
    (delivery,) = due(row, 1)
    for path in (f"{SUBSCRIPTIONS}{row.pk}/", f"{DELIVERIES}{delivery.pk}/"):
        page = text_of(boss.get(f"{path}change/"))
        assert 'name="_save"' not in page
        assert 'name="_continue"' not in page
        assert boss.get(f"{path}delete/").status_code == 403
    for model in ("subscription", "delivery", "logentry", "dispatchstate"):
        assert boss.get(f"/admin/webhooks/{model}/add/").status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [5, 4, 3, 2, 1]),
        ("?state=delivered", [2]),
        ("?state=waiting", [1]),
        ("?state=again", [5]),
        ("?state=failed", [3]),
        ("?state=cancelled", [4]),
        ("?event=patient.created", [5, 4, 3, 2, 1]),
        ("?event=claim.paid", []),
        ("?age=hour", [5, 4, 3, 2]),
        ("?ppass=OtherOffice", []),
        ("?origin=dispatch", [5, 4, 3, 2, 1]),
        ("?origin=test", []),
        ("?q=3", [3]),
        ("?q=1,2", None),
        ("?q=x", []),
        ("?partner=nobody", []),
    ],
)
def test_deliveries_are_filtered(boss, row, query, expected):
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    due(row, 1, created_at=long_ago, id=900_001)
    due(row, 2, status="delivered", id=900_002)
    due(row, 3, status="failed", id=900_003)
    due(row, 4, status="cancelled", id=900_004)
    due(row, 5, attempts=2, status_code=500, id=900_005)

    page = text_of(boss.get(f"{DELIVERIES}{query}"))

    found = [int(each) for each in re.findall(r'<span class="remark">(\d)</span>', page)]
    if expected is None:
        assert found == []
    else:
        assert found == expected


@pytest.mark.parametrize("query", ["", "?q=NUMBERS", "?event=patient.created"])
def test_long_list_is_counted_to_an_end(boss, row, monkeypatch, query):
    monkeypatch.setattr(CappedPaginator, "most", 3)
    made = due(row, *range(1, 6), status="failed")
    numbers = ",".join(str(delivery.pk) for delivery in made)

    page = text_of(boss.get(f"{DELIVERIES}{query.replace('NUMBERS', numbers)}"))

    assert "3 or more deliveries" in page


def test_states_say_who_is_behind(boss, our_practice, other_practice, staff):
    happen(our_practice, 1)
    happen(other_practice, 2)
    publish()
    with staff():
        DispatchState.objects.filter(practice=our_practice).update(last_log_id=0)

    page = text_of(boss.get("/admin/webhooks/dispatchstate/"))

    assert page.count("badge-warn") == page.count("badge-good") == 1
    assert "the log goes up to" in page

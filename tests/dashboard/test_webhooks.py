"""Webhooks in the dashboard: how each subscription is, what went there, what can be done."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from dashboard import health
from partners.models import Partner
from tests.dashboard.reading import links, queries, rows, text
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import change, due, subscribe
from webhooks import health as standing
from webhooks.models import Attempt, Delivery, Subscription

__all__ = ["reachable", "receiver"]

PATH = "/dashboard/webhooks/"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def five(our_practice, other_practice, partner):
    """One of each kind of health, of different partners."""
    now = timezone.now()

    def made(name, practice=our_practice, **facts):
        owner = PartnerFactory.create(name=f"Of {name}", is_active=name != "silent")
        return subscribe(practice, owner, f"https://{name}.example/in?key=1", **facts)

    return {
        "well": made("well", other_practice),
        "failing": made("failing", failing_since=now - 3 * HOUR, failures=7),
        "disabled": made("disabled", status="disabled", disabled_reason="gone"),
        "silent": made("silent"),
        "removed": made("removed", status="removed"),
    }


def hosts(answer):
    return [row.split()[0].partition(".")[0] for row in rows(answer)]


def test_those_in_trouble_come_first(five, desk):
    found = rows(desk.get(PATH))

    assert [row.partition(".")[0] for row in found] == ["failing", "disabled", "silent", "well"]
    since = f"{five['failing'].failing_since:%Y-%m-%d %H:%M}"
    assert found[0] == (
        f"failing.example Of failing DemoOffice failing for 3 hours, 7 in a row {since} – 0 0 0"
    )
    assert found[-1] == "well.example Of well OtherOffice well – – 0 0 0"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"health": "well"}, ["well"]),
        ({"health": "failing"}, ["failing"]),
        ({"health": "disabled"}, ["disabled"]),
        ({"health": "silent"}, ["silent"]),
        ({"health": "removed"}, ["removed"]),
        ({"practice": "OtherOffice"}, ["well"]),
        ({"practice": "demooffice"}, ["failing", "disabled", "silent"]),
        ({"practice": "OtherOffice", "health": "failing"}, []),
    ],
)
def test_chosen_by_health_and_practice(five, desk, query, expected):
    assert hosts(desk.get(PATH, query)) == expected


def test_chosen_by_partner(five, desk):
    owner = five["well"].partner_id

    assert hosts(desk.get(PATH, {"partner": owner})) == ["well"]


def test_each_is_in_one_health_only(five, staff):
    with staff():
        found = [
            pk
            for _, condition in standing.HEALTH.values()
            for pk in Subscription.objects.filter(condition).values_list("pk", flat=True)
        ]

    assert sorted(found) == sorted(one.pk for one in five.values())


@pytest.fixture
def busy(five):
    """To the failing one, deliveries of each kind, some long ago; one to the well one.

    Returns when the failing one got what it got last.
    """
    row, now = five["failing"], timezone.now()
    tried = {"attempts": 1, "duration_ms": 9}
    arrived = {**tried, "status": "delivered", "status_code": 200, "finished_at": now - 2 * HOUR}
    due(row, 1, 2, **{**arrived, "finished_at": now - 90 * HOUR}, created_at=now - 90 * HOUR)
    due(row, 3, 4, 5, **arrived)
    due(row, 6, 7, **tried, status="failed", error="The receiver answered 500.")
    due(row, 8, **tried, next_attempt_at=now + HOUR, error="Nobody answered.")
    due(row, 9, 10, next_attempt_at=now - HOUR)
    due(five["well"], 11, **{**arrived, "finished_at": now - HOUR})
    return arrived["finished_at"]


def test_figures_of_the_last_day(busy, five, desk):
    failing, *_, well = rows(desk.get(PATH))

    arrived = f"{busy:%Y-%m-%d %H:%M:%S}"
    assert failing.endswith(f" {arrived} 2 3 3")
    assert well.endswith(" 0 1 0")


def test_figures_agree_with_a_direct_count(busy, five, staff):
    now = timezone.now()
    with staff():
        ids = [one.pk for one in five.values()]
        found = standing.traffic(ids, now=now)
        for pk in ids:
            own = Delivery.objects.filter(subscription_id=pk)
            late = own.filter(created_at__gte=now - standing.LATELY).exclude(duration_ms=None)
            arrived = own.filter(status="delivered").order_by("-id").first()
            assert found[pk] == standing.Traffic(
                due=own.filter(status="pending", next_attempt_at__lte=now).count(),
                delivered=late.filter(status="delivered").count(),
                failed=late.exclude(status="delivered").count(),
                last_arrived_at=arrived and arrived.finished_at,
            )


def test_counting_comes_to_an_end(busy, five, staff, desk, monkeypatch):
    monkeypatch.setattr(standing, "MOST_COUNTED", 2)
    monkeypatch.setattr("dashboard.webhook_lines.MOST_COUNTED", 2)

    failing = rows(desk.get(PATH, {"health": "failing"}))[0]

    assert failing.split()[-3:] == ["2+", "0+", "0+"]  # the newest two were not tried yet


def test_figures_read_no_more_than_they_count(fresh_tables, staff, our_practice):
    now, row = timezone.now(), subscribe(our_practice, PartnerFactory.create(), "https://x.example")
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_delivery (practice_id, subscription_id, log_id, occurred_at,"
            " event, origin, status, attempts, duration_ms, hook_url, error)"
            " SELECT %s, %s, n, now(), 'x', 'dispatch',"
            " CASE WHEN n %% 3 = 0 THEN 'failed' ELSE 'delivered' END, 1, 5, '', ''"
            " FROM generate_series(1, 20000) AS n",
            [our_practice.pk, row.pk],
        )
        found = standing.traffic([row.pk], now=now)[row.pk]
        assert found.delivered + found.failed == standing.MOST_COUNTED
        assert found.is_part
        values = {"ids": [row.pk], "now": now, "since": now - 24 * HOUR, "most": 5000}
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT TEXT) {standing._TRAFFIC}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Seq Scan" not in plan


def test_what_waits_and_who_sends_is_said_on_top(five, busy, our_practice, desk, staff):
    happen(our_practice, 1, 2)
    with staff():
        found = {sign.name: sign.said for sign in health.webhook_signs()}

    assert found == {
        "Sender": "not running",
        "Event log": "2 waiting, for 0 s",
        "Deliveries": "2 due, for 1 h",
        "Failing": "1 subscription",
        "Disabled": "1 subscription",
    }
    assert "Sender not running Event log 2 waiting" in text(desk.get(PATH))


@pytest.mark.parametrize("query", [{}, {"health": "well", "practice": "DemoOffice"}])
def test_queries_are_the_same_for_1_3_and_100(our_practice, other_practice, desk, staff, query):
    counts, number = [], 0
    for more in (1, 2, 97):
        with staff():
            for practice in (our_practice, other_practice):
                for _ in range(more):
                    number += 1
                    row = subscribe(practice, PartnerFactory.create(), "https://x.example/")
                    due(row, number)
        counts.append(len(queries(desk, PATH, query)))

    assert counts[0] == counts[1] == counts[2] <= 17


def test_page_shows_the_newest_deliveries_with_their_attempts(busy, five, desk, staff):
    row = five["failing"]
    (tried,) = due(row, 20, status="failed", attempts=2, duration_ms=4, error="Nobody answered.")
    with staff():
        for number, facts in enumerate(({"status_code": 500}, {"error": "Nobody answered."}), 1):
            Attempt.objects.create(
                practice_id=row.practice_id, delivery=tried, number=number, duration_ms=4, **facts
            )
    page = desk.get(f"{PATH}{row.pk}/")
    found = rows(page)

    assert "Address https://failing.example/in?key=1" in text(page)
    assert [int(line.split()[0]) for line in found] == sorted(
        (int(line.split()[0]) for line in found), reverse=True
    )
    assert found[0].startswith(f"{tried.pk} patient.created 20 ")
    assert "answered 500 4 ms" in found[0]
    assert "Nobody answered. 4 ms" in found[0]
    assert len(found) == 11


def test_page_shows_no_delivery_of_others(busy, five, desk):
    theirs = desk.get(f"{PATH}{five['well'].pk}/")

    assert [line.split()[2] for line in rows(theirs)] == ["11"]
    assert "failing" not in text(theirs)


def test_older_deliveries_follow(five, desk):
    row = five["well"]
    made = due(row, *range(1, 61), status="cancelled")
    newest = desk.get(f"{PATH}{row.pk}/")
    (older,) = links(newest, "Older ›")
    middle = desk.get(f"{PATH}{row.pk}/{older}")
    (oldest,) = links(middle, "Older ›")
    last = desk.get(f"{PATH}{row.pk}/{oldest}")

    shown = [int(line.split()[0]) for page in (newest, middle, last) for line in rows(page)]
    assert shown == [one.pk for one in reversed(made)]
    assert links(last, "Older ›") == []
    assert links(last, "‹ Newest") == ["?"]


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("well", ["Replay", "Rotate secret", "Disable"]),
        ("disabled", ["Rotate secret", "Enable"]),
        ("removed", []),
    ],
)
def test_what_can_be_done_is_offered_and_leads_back(five, desk, name, offered):
    here = f"{PATH}{five[name].pk}/"
    page = desk.get(here)

    for words in ("Replay", "Rotate secret", "Disable", "Enable"):
        found = links(page, words)
        assert len(found) == (words in offered)
        for url in found:
            assert links(desk.get(url), "Cancel") == [here]
    assert ("Send a test" in text(page)) is (name == "well")


def test_test_and_sending_again_lead_back(receiver, our_practice, partner, make_key, desk):
    make_key(our_practice)
    row = subscribe(our_practice, partner, receiver.url)
    here = f"{PATH}{row.pk}/"

    sent = desk.post("/admin/webhooks/subscription/test/", {"id": row.pk, "next": here})
    assert sent["Location"] == here
    shown = desk.get(here)
    assert "A test was sent, as delivery" in text(shown)
    assert "delivered 1 · answered 200" in rows(shown)[0]

    (again,) = links(shown, "Send again")
    assert desk.post(again)["Location"] == here
    assert len(rows(desk.get(here))) == 2
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(
    ("permissions", "deliveries", "offered"),
    [
        ([], False, []),
        (["webhooks.view_delivery"], True, []),
        (
            ["webhooks.view_delivery", "webhooks.change_delivery"],
            True,
            ["Send a test", "Replay", "Send again"],
        ),
        (["webhooks.change_subscription"], False, ["Rotate secret", "Disable"]),
    ],
)
def test_each_sees_what_they_may(busy, five, sign_in, permissions, deliveries, offered):
    browser = sign_in("webhooks.view_subscription", *permissions)
    page = browser.get(f"{PATH}{five['failing'].pk}/")

    assert bool(rows(page)) is deliveries
    for words in ("Send a test", "Replay", "Send again", "Rotate secret", "Disable"):
        assert (f"{words} " in text(page)) is (words in offered)
        for url in links(page, words):
            assert browser.get(url).status_code == 200
    assert len(rows(browser.get(PATH))) == 4


@pytest.mark.parametrize("path", [PATH, f"{PATH}1/"])
def test_others_are_refused(our_practice, sign_in, path):
    assert sign_in("webhooks.view_delivery").get(path).status_code == 403
    assert Client().get(path)["Location"] == f"/admin/login/?next={path}"


@pytest.mark.parametrize("path", ["0/", "99999999999999999999999/", "x/"])
def test_what_is_not_there_is_not_found(our_practice, desk, path):
    assert desk.get(PATH + path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"health": "x", "practice": "x", "partner": "x", "page": "x"},
        {"page": "9" * 30, "health": "\0"},
        {"before": "x"},
        {"before": "9" * 30},
        {"before": "٣"},
    ],
)
def test_bad_addresses_are_borne(busy, five, desk, query):
    assert desk.get(PATH, query).status_code == 200
    assert len(rows(desk.get(f"{PATH}{five['failing'].pk}/", query))) == 10


def test_nothing_secret_is_read(five, desk):
    for path in (PATH, f"{PATH}{five['well'].pk}/"):
        asked = [sql for sql in queries(desk, path) if "webhooks_subscription" in sql]
        assert asked
        assert not [sql for sql in asked if '"secret"' in sql or 'previous_secret"' in sql]


def test_only_the_changing_part_for_the_script(five, desk):
    for path in (PATH, f"{PATH}{five['well'].pk}/"):
        answer = desk.get(path, headers={"X-Live": "1"})
        assert "<html" not in answer.content.decode()
        assert "well.example" in text(answer)


def test_empty_list_says_what_to_do(our_practice, five, desk, staff):
    assert links(desk.get(PATH, {"practice": "nowhere", "health": "removed"}), "Reset") == [PATH]
    with staff():
        Subscription.objects.all().delete()
        Partner.objects.all().delete()

    assert "Nobody has signed up for webhooks yet." in text(desk.get(PATH))
    assert links(desk.get(PATH, {"health": "well"}), "Show all subscriptions") == [PATH]


def test_a_secret_that_still_signs_is_said(five, desk):
    row = five["well"]
    assert "Old secret signs until" not in text(desk.get(f"{PATH}{row.pk}/"))

    change(row, previous_secret_until=timezone.now() + HOUR)

    assert "Old secret signs until" in text(desk.get(f"{PATH}{row.pk}/"))

"""The staff's list of subscriptions: who is in trouble, and how it goes."""

import pytest
from django.db import connection
from django.utils import timezone

from dashboard import health
from partners.models import Partner
from tests.dashboard.reading import links, queries, rows, text
from tests.dashboard.webhook_rows import HOUR, PATH, busy, five
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import due, subscribe
from webhooks import health as standing
from webhooks.models import Delivery, Subscription

__all__ = ["busy", "five", "reachable", "receiver"]


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

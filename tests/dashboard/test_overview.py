"""The overview as staff get it: what it says, to whom, and what it costs."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import health
from dashboard.overview import Card, cards, milliseconds, per_cent
from dashboard.usage import Figures
from emrapi import heartbeats
from tests.dashboard.rows import call, count, write
from tests.factories import PartnerFactory
from webhooks import waking
from webhooks.models import Delivery, Subscription

PATH = "/dashboard/"
DAY = datetime.timedelta(days=1)


def text(answer):
    """What a reader sees."""
    assert answer.status_code == 200
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(bare).split())


@pytest.fixture
def traffic(our_practice, other_practice, partner):
    """Three calls of ours, one of them refused, one of the others; one of ours a week before."""
    now = timezone.now()
    ours = {"practice_id": our_practice.pk, "partner_id": partner.pk}
    other = PartnerFactory.create(name="Other Partner")
    write(
        call(at=now, duration_ms=10.0, **ours),
        call(at=now - DAY, duration_ms=20.0, **ours),
        call(at=now - DAY, duration_ms=30.0, status=409, **ours),
        call(at=now, duration_ms=40.0, practice_id=other_practice.pk, partner_id=other.pk),
        call(at=now - 8 * DAY, duration_ms=40.0, **ours),
    )
    count()
    return other


def test_four_figures_as_published(traffic, desk):
    found = text(desk.get(PATH))

    assert "Dashboard Overview Multi-Tenant Enabled" in found
    assert (
        "Total Calls 4 +100% on the 7 days before Success Rate 75%"
        " −50.0 points on the 7 days before Avg Duration 25ms −37.5% on the 7 days before"
        " Error Count 1 none before" in found
    )
    assert "API Usage (Last 7 Days)" in found
    assert "409 GET /v1 /{PPass} /tags 1" in found


def test_an_error_leads_to_its_calls(traffic, desk, our_practice):
    page = desk.get(PATH, {"practice": our_practice.ppass}).content.decode()
    (*_, address) = re.findall(r'href="(/dashboard/activity/\?[^"]*)"', page)

    found = text(desk.get(unescape(address)))

    assert "status=409" in address
    assert found.count("/v1 /DemoOffice /tags") == 1


def test_nothing_called_reads_as_published(desk, our_practice):
    found = text(desk.get(PATH))

    assert "Total Calls 0 – Success Rate 0% – Avg Duration 0ms – Error Count 0 –" in found
    assert "Multi-Tenant" not in found
    assert "No calls in this range." in found


def test_each_practice_and_partner_for_itself(traffic, desk, our_practice, other_practice, partner):
    ours = text(desk.get(PATH, {"practice": "demooffice"}))
    theirs = text(desk.get(PATH, {"practice": other_practice.ppass}))
    nobodys = text(desk.get(PATH, {"practice": our_practice.ppass, "partner": traffic.pk}))
    partners = text(desk.get(PATH, {"partner": partner.pk, "range": "24h"}))

    assert "Total Calls 3 " in ours
    assert "Total Calls 1 " in theirs
    assert "Error Count 0 " in theirs
    assert "Total Calls 0 " in nobodys
    assert re.search(r"Total Calls [13] ", partners)


def test_who_is_not_there_is_said_not_to_be(traffic, desk):
    found = text(desk.get(PATH, {"practice": "Nowhere", "partner": "abc", "range": "1y"}))

    assert "There is no such practice" in found
    assert "There is no such partner" in found
    assert "Total Calls 4 " in found


def test_queries_are_few_and_read_no_calls(traffic, desk, our_practice, partner):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get(PATH).status_code == 200
        return [query["sql"] for query in found]

    before = queries()
    for n in range(40):
        at = timezone.now() - n * DAY / 4
        write(call(at=at, route=f"v1/{n}", status=200 + n, practice_id=our_practice.pk))
    count()

    after = queries()
    assert len(after) == len(before) <= 19
    assert not [sql for sql in after if "apicall" in sql]


def test_only_the_changing_part_for_the_script(traffic, desk):
    answer = desk.get(PATH, headers={"X-Live": "1"})

    assert "Total Calls 4" in text(answer)
    assert "<html" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_staff_without_the_right_are_refused(our_practice, sign_in):
    assert sign_in("scheduling.view_visit").get(PATH).status_code == 403


def test_strangers_are_sent_to_sign_in(database):
    answer = Client().get(PATH)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/dashboard/")


def signs(staff):
    with staff():
        return {sign.name: (sign.tone, sign.said) for sign in health.signs()}


def test_who_never_gave_a_sign_is_not_running(staff):
    found = signs(staff)

    assert [found[name] for name in ("Worker", "Sender", "Beat")] == [("bad", "not running")] * 3
    assert found["Figures"] == ("good", "up to date")
    assert found["Event log"] == ("good", "none waiting")
    assert found["Deliveries"] == ("good", "none due")


def test_who_falls_silent_is_seen(staff, counters):
    for name in ("celery@one", "celery@two", "sender@one", heartbeats.BEAT):
        heartbeats.give_sign(name)
    waking.stay_awake()
    assert [signs(staff)[name] for name in ("Worker", "Sender", "Beat")] == [("good", "alive")] * 3

    silent = heartbeats.DEAD_AFTER + 2
    for name in ("celery@one", heartbeats.BEAT):
        counters.zincrby(heartbeats._KEY, -silent, name)
    assert signs(staff)["Worker"] == ("warn", "1 of 2 silent")
    assert signs(staff)["Beat"] == ("bad", "silent for 12 s")

    counters.zincrby(heartbeats._KEY, -500, "celery@two")
    assert signs(staff)["Worker"] == ("bad", "silent for 12 s")

    heartbeats.take_leave("celery@one")
    heartbeats.take_leave("celery@two")
    assert signs(staff)["Worker"] == ("bad", "not running")


def test_redis_that_does_not_answer_is_said(staff, monkeypatch):
    monkeypatch.setattr(heartbeats, "ages", lambda: None)

    assert signs(staff)["Redis"] == ("bad", "does not answer")


def test_calls_that_nobody_counts_are_seen(staff, our_practice):
    write(call())
    assert signs(staff)["Figures"] == ("good", "up to date")

    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dashboard_uncountedcalls SET written_at = now() - interval '3 minutes'"
        )

    assert signs(staff)["Figures"] == ("bad", "3 min behind")


def test_events_that_wait_are_seen(staff, our_practice):
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, created_at)"
            " SELECT %s, 'Patients', 'patient.created', now() - interval '50 seconds'"
            " FROM generate_series(1, 3)",
            [our_practice.pk],
        )

    assert signs(staff)["Event log"] == ("warn", "3 waiting, for 50 s")


def test_deliveries_that_are_due_are_seen(staff, our_practice, partner):
    with staff():
        subscription = Subscription.objects.create(
            practice=our_practice, partner=partner, hook_url="https://x.example/", scopes=["Claims"]
        )
        for minutes in (-3, -1, 5):
            Delivery.objects.create(
                practice=our_practice,
                subscription=subscription,
                occurred_at=timezone.now(),
                event="x",
                origin=Delivery.Origin.TEST,
                next_attempt_at=timezone.now() + datetime.timedelta(minutes=minutes),
            )

    assert signs(staff)["Deliveries"] == ("bad", "2 due, for 3 min")


def figures(calls, errors, average):
    return Figures(calls=calls, errors=errors, duration_us=int(calls * average * 1000))


@pytest.mark.parametrize(
    ("now", "before", "changes"),
    [
        (figures(100, 2, 10), figures(100, 2, 10), ["no change"] * 4),
        (figures(150, 3, 5), figures(100, 4, 10), ["+50.0%", "+2.0 points", "−50.0%", "−25.0%"]),
        (figures(5, 1, 5), figures(0, 0, 0), ["none before", "", "none before", "none before"]),
        (figures(0, 0, 0), figures(0, 0, 0), [""] * 4),
        (figures(0, 0, 0), figures(10, 1, 5), ["−100%", "", "−100%", "−100%"]),
    ],
)
def test_changes_in_words(now, before, changes):
    assert [card.change for card in cards(now, now, before)] == changes


def test_changes_for_the_better_and_for_the_worse():
    good, bad = figures(200, 2, 5), figures(100, 10, 10)
    better = cards(good, good, bad)
    worse = cards(bad, bad, good)

    assert [card.tone for card in better] == ["", "good", "good", "good"]
    assert [card.tone for card in worse] == ["", "bad", "bad", "bad"]
    assert worse[0] == Card(name="Total Calls", value="100", change="−50.0%")


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0%"),
        (100, "100%"),
        (99.96, "99.96%"),
        (99.9996, "99.999%"),
        (1e-9, "0.001%"),
        (0.04, "0.04%"),
        (50, "50%"),
    ],
)
def test_shares_in_words(share, said):
    assert per_cent(share) == said


@pytest.mark.parametrize(
    ("duration", "said"),
    [(0, "0ms"), (0.44, "0.4ms"), (9.96, "10.0ms"), (12.4, "12ms"), (1234, "1,234ms")]
    + [(65_536, "65.5s")],
)
def test_durations_in_words(duration, said):
    assert milliseconds(duration) == said

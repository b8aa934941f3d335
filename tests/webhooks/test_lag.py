"""How far behind we are, as metrics and operators are told."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test import Client
from django.utils import timezone

from partners import tenancy
from tests.webhooks.factories import SubscriptionFactory, happen
from webhooks import dispatch, waking
from webhooks.lag import Lag, lag
from webhooks.models import Delivery, DispatchState, Subscription


@pytest.fixture
def subscription(our_practice, partner, make_key):
    """The partner's key for our practice, and its subscription to all events there."""
    make_key(our_practice)
    return SubscriptionFactory.create(practice=our_practice, partner=partner)


@pytest.fixture
def status(staff):
    """What `webhook_status --json` says."""

    def ask(*arguments):
        out = StringIO()
        with staff():
            call_command("webhook_status", "--json", *arguments, stdout=out)
        return json.loads(out.getvalue())

    return ask


def publish():
    with tenancy.acting_as(tenancy.SENDER):
        dispatch.publish()


def change(model, **facts):
    with tenancy.acting_as(tenancy.STAFF):
        model.objects.update(**facts)


def minutes_ago(count):
    return timezone.now() - datetime.timedelta(minutes=count)


TOMORROW = minutes_ago(-24 * 60)


def test_nothing_is_behind_at_first(database):
    assert lag() == Lag(0, 0, 0, 0, 0, 0, 0, 0)


def test_events_without_a_number_are_counted(our_practice, other_practice):
    happen(our_practice, 1, 2)
    happen(other_practice, 3)
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE webhooks_log SET created_at = now() - interval '2 minutes' WHERE object_id = 1"
        )

    found = lag()

    assert found.unnumbered == 3
    assert 119 < found.oldest_unnumbered_seconds < 200


def test_due_are_those_that_could_be_sent_now(subscription, our_practice):
    happen(our_practice, 1, 2, 3, 4)
    publish()
    with tenancy.acting_as(tenancy.STAFF):
        first, second, third, fourth = Delivery.objects.order_by("id")
        Delivery.objects.filter(pk=first.pk).update(next_attempt_at=minutes_ago(5))
        Delivery.objects.filter(pk=second.pk).update(next_attempt_at=minutes_ago(-5))
        Delivery.objects.filter(pk=third.pk).update(lease_until=minutes_ago(-1))
        Delivery.objects.filter(pk=fourth.pk).update(status="delivered")

    found = lag()

    assert (found.pending, found.due) == (3, 1)
    assert 299 < found.oldest_due_seconds < 400


@pytest.mark.parametrize(
    ("facts", "failing", "disabled"),
    [
        ({"status": "disabled"}, 0, 1),
        ({"held_until": TOMORROW, "failing_since": minutes_ago(5)}, 1, 0),
        ({"status": "removed", "failing_since": minutes_ago(5)}, 0, 0),
    ],
)
def test_nothing_is_due_to_who_is_left_alone(subscription, our_practice, facts, failing, disabled):
    happen(our_practice, 1)
    publish()
    change(Subscription, **facts)

    found = lag()

    assert (found.pending, found.due, found.oldest_due_seconds) == (1, 0, 0)
    assert (found.failing, found.disabled) == (failing, disabled)


def test_practices_that_are_caught_up_with_are_counted(our_practice):
    happen(our_practice, 1)
    publish()
    change(DispatchState, is_behind=True)

    assert lag().practices_behind == 1


@pytest.mark.parametrize("role", [tenancy.WEB, tenancy.SENDER, tenancy.STAFF])
def test_figures_are_the_same_for_each_role(our_practice, role):
    happen(our_practice, 1)

    with tenancy.acting_as(role):
        assert lag().unnumbered == 1


@pytest.mark.parametrize("role", [tenancy.WORKER, tenancy.LOG_WRITER])
def test_others_may_not_ask(database, role):
    with pytest.raises(ProgrammingError, match="permission denied"), tenancy.acting_as(role):
        lag()


def gauges():
    text = Client().get("/metrics").content.decode()
    lines = [line.split() for line in text.splitlines() if line.startswith("emr_webhook_")]
    return {name: float(value) for name, value in lines}


def test_metrics_tell_how_far_behind_we_are(subscription, our_practice):
    waking.stay_awake()
    happen(our_practice, 1)
    publish()
    happen(our_practice, 2, 3)

    found = gauges()

    assert found["emr_webhook_unnumbered"] == 2
    assert found["emr_webhook_pending"] == found["emr_webhook_due"] == 1
    assert 0 <= found["emr_webhook_oldest_unnumbered_seconds"] < 60
    assert 0 <= found["emr_webhook_sender_looked_seconds"] < 60
    assert found["emr_webhook_failing"] == found["emr_webhook_disabled"] == 0


def test_metrics_are_there_without_a_database_or_redis(database, settings, monkeypatch):
    waking._client.cache_clear()
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    answer = Client().get("/metrics")

    waking._client.cache_clear()
    assert answer.status_code == 200
    assert b"emr_rate_limit_uncounted_total" in answer.content
    assert b"emr_webhook_unnumbered" not in answer.content


def test_status_tells_where_each_practice_stands(
    subscription, status, our_practice, other_practice
):
    waking.stay_awake()
    happen(our_practice, 1, 2)
    publish()
    happen(other_practice, 3)

    found = status()

    assert found["senderLookedSecondsAgo"] < 60
    assert (found["all"]["unnumbered"], found["all"]["due"]) == (1, 2)
    ours, theirs = found["practices"]
    assert 0 <= theirs.pop("lagSeconds") < 60
    assert (ours, theirs) == (
        {
            "ppass": "DemoOffice", "lastLogId": 2, "highestLogId": 2, "isBehind": False,
            "unnumbered": 0, "lagSeconds": 0.0, "pending": 2, "due": 2,
        },
        {
            "ppass": "OtherOffice", "lastLogId": 0, "highestLogId": 0, "isBehind": False,
            "unnumbered": 1, "pending": 0, "due": 0,
        },
    )  # fmt: skip
    assert found["inTrouble"] == []
    assert [each["ppass"] for each in status("--practice", "otheroffice")["practices"]] == [
        "OtherOffice"
    ]


def test_status_names_subscriptions_in_trouble(subscription, status, our_practice):
    change(Subscription, failing_since=minutes_ago(5), failures=3)

    (found,) = status()["inTrouble"]

    assert found["failingSince"].endswith("Z")
    assert {name: found[name] for name in ("id", "ppass", "partner", "status", "failures")} == {
        "id": subscription.pk,
        "ppass": "DemoOffice",
        "partner": subscription.partner.name,
        "status": "active",
        "failures": 3,
    }


def test_status_is_readable(subscription, our_practice, staff):
    happen(our_practice, 1)
    publish()
    happen(our_practice, 2)
    change(Subscription, status="disabled", disabled_reason="gone")
    out = StringIO()

    with staff():
        call_command("webhook_status", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0] == "All practices"
    assert "  events without a number  1, for 0 s" in lines
    assert "  subscriptions disabled   1" in lines
    assert lines[-2:] == [
        "DemoOffice: handed out up to 1, 1 without a number for 0 s, 1 deliveries pending, 1 due",
        (
            f"subscription {subscription.pk} (DemoOffice, {subscription.partner.name},"
            f" {subscription.hook_url}) is disabled: gone"
        ),
    ]


def test_status_of_an_unknown_practice_names_the_nearest(our_practice, status):
    with pytest.raises(CommandError, match="Did you mean DemoOffice"):
        status("--practice", "DemoOfice")

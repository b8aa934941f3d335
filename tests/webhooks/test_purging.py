"""Old deliveries go, with their attempts, a batch at a time; what may still be sent stays."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from partners import tenancy
from tests.webhooks.rows import due, subscribe
from webhooks import purging
from webhooks.models import Attempt, Delivery, LogEntry

NOW = timezone.now()
OLD, YOUNG = NOW - datetime.timedelta(days=31), NOW - datetime.timedelta(days=29)


@pytest.fixture
def subscriptions(our_practice, other_practice, partner):
    return [
        subscribe(practice, partner, "https://partner.example.com/")
        for practice in (our_practice, other_practice)
    ]


@pytest.fixture
def purge():
    def purge(**options):
        with tenancy.acting_as(tenancy.SENDER):
            return purging.purge(**{"older_than_days": 30, **options})

    return purge


@pytest.fixture
def run(staff):
    def run(*arguments):
        out = StringIO()
        with staff():
            call_command("purge_deliveries", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    return run


def over(subscription, *log_ids, at, status="delivered"):
    made = due(subscription, *log_ids, status=status, created_at=at, finished_at=at, attempts=1)
    with tenancy.acting_as(tenancy.STAFF):
        Attempt.objects.bulk_create(
            Attempt(practice_id=each.practice_id, delivery=each, number=1, at=at, duration_ms=5)
            for each in made
        )


def left():
    with tenancy.acting_as(tenancy.STAFF):
        deliveries = sorted(Delivery.objects.values_list("log_id", flat=True))
        tries = sorted(Attempt.objects.values_list("delivery__log_id", flat=True))
    return deliveries, tries


def test_what_was_over_long_ago_goes_with_its_attempts(subscriptions, purge):
    for subscription, first in zip(subscriptions, (10, 20), strict=True):
        over(subscription, first, at=OLD)
        over(subscription, first + 1, at=OLD, status="failed")
        over(subscription, first + 2, at=OLD, status="cancelled")
        over(subscription, first + 3, at=YOUNG)

    assert purge() == 6

    assert left() == ([13, 23], [13, 23])
    assert purge() == 0


def test_pending_ones_stay_however_old_they_are(subscriptions, purge):
    due(subscriptions[0], 1, created_at=OLD, attempts=3)
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.update(created_at=OLD)

    assert purge() == 0

    assert left()[0] == [1]


def test_one_that_ended_lately_stays_though_it_began_long_ago(subscriptions, purge):
    over(subscriptions[0], 1, at=YOUNG)
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.update(created_at=OLD)

    assert purge() == 0


def test_log_is_not_touched(subscriptions, purge):
    over(subscriptions[0], 1, at=OLD)

    purge()

    with tenancy.acting_as(tenancy.STAFF):
        assert LogEntry.objects.count() == 1


def test_purging_goes_in_batches(subscriptions, purge, django_assert_num_queries):
    over(subscriptions[0], *range(1, 8), at=OLD)

    with tenancy.acting_as(tenancy.SENDER), django_assert_num_queries(3):
        assert purging.purge(older_than_days=30, batch=3) == 7
    assert left() == ([], [])


def test_purging_stops_when_its_time_is_over(subscriptions, purge):
    over(subscriptions[0], *range(1, 8), at=OLD)

    assert purge(batch=3, seconds=0) == 3

    assert len(left()[0]) == 4


def test_serving_role_cannot_purge(subscriptions):
    over(subscriptions[0], 1, at=OLD)

    with pytest.raises(Exception, match="permission denied"):
        purging.purge(older_than_days=30)
    connection.close()

    assert left()[0] == [1]


def test_command_counts_or_deletes(subscriptions, run):
    over(subscriptions[0], 1, at=OLD)
    over(subscriptions[1], 2, at=YOUNG)

    assert run("--dry-run") == {"olderThanDays": 30, "deliveries": 1, "deleted": False}
    assert left()[0] == [1, 2]
    assert run() == {"olderThanDays": 30, "deliveries": 1, "deleted": True}
    assert left()[0] == [2]
    assert run("--older-than", "28") == {"olderThanDays": 28, "deliveries": 1, "deleted": True}


@pytest.mark.parametrize("days", ["0", "-1", "many"])
def test_command_wants_a_number_of_days(run, days):
    with pytest.raises(CommandError, match="older-than"):
        run("--older-than", days)

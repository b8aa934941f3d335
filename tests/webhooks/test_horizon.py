"""What a look at the log costs does not grow with the log, and yet no late row is missed."""

import json
import os

import pytest
from django.db import connection, transaction

from partners import tenancy
from tests.webhooks.factories import SubscriptionFactory, happen
from webhooks import dispatch
from webhooks.horizon import Horizon
from webhooks.models import Delivery, DispatchState

ROWS = int(os.environ.get("LOG_ROWS", "1000000"))


def test_first_look_is_at_everything():
    assert Horizon().floor(100.0) == 0


def test_floor_rises_once_rows_have_settled():
    horizon = Horizon()
    horizon.looked(0, began=100.0, ended=100.0)
    horizon.numbered(50)
    assert horizon.floor(100.5) == 0

    floors = {}
    for now in (105.6, 108.0, 110.7, 115.8):
        horizon.looked(0, began=now - 0.1, ended=now - 0.1)
        floors[now] = horizon.floor(now)
        horizon.numbered(60)

    assert floors == {105.6: 50, 108.0: 50, 110.7: 50, 115.8: 60}


def test_whole_look_comes_every_second():
    horizon = Horizon()
    horizon.numbered(50)
    for now in (100.0, 105.0, 110.0):
        horizon.floor(now)
    horizon.looked(0, began=110.0, ended=110.001)

    assert [horizon.floor(now) for now in (110.5, 111.0, 111.1)] == [50, 50, 0]


def test_slow_whole_look_comes_less_often():
    horizon = Horizon()
    horizon.numbered(50)
    for now in (100.0, 105.0, 110.0):
        horizon.floor(now)
    horizon.looked(0, began=110.0, ended=110.2)

    assert [horizon.floor(now) for now in (112.0, 114.1, 114.3)] == [50, 50, 0]


def test_look_above_the_floor_does_not_put_the_whole_one_off():
    horizon = Horizon()
    horizon.looked(0, began=100.0, ended=100.0)
    horizon.looked(7, began=100.9, ended=100.9)

    assert horizon.floor(101.0) == 0


def test_row_below_the_floor_is_found_by_the_next_whole_look(
    our_practice, staff, owner, monkeypatch
):
    horizon = Horizon()
    monkeypatch.setattr(dispatch, "_horizon", horizon)
    horizon.looked(0, began=0.0, ended=10.0**9)  # the next whole look is far away
    happen(our_practice, 1)
    (highest,) = owner.execute(
        "SELECT pg_sequence_last_value(pg_get_serial_sequence('webhooks_log', 'id')::regclass)"
    ).fetchone()
    horizon.numbered(highest)
    for now in (10.0, 20.0):
        horizon.floor(now)

    with tenancy.acting_as(tenancy.SENDER):
        assert dispatch.publish() == 0
        horizon._whole_at = 0.0
        assert dispatch.publish() == 1


def fill(practice, count, *, are_numbered=True):
    """A log of so many events more."""
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, object_id, log_id)"
            " SELECT %s, 'Claims', 'claim.paid', n, CASE WHEN %s THEN n END"
            " FROM generate_series(1, %s) AS n",
            [practice.pk, are_numbered, count],
        )


def blocks(statement, **values):
    """How many blocks the statement touches, and how many rows each scan of the log reads.

    It comes after a look, and is rolled back.
    """
    with tenancy.acting_as(tenancy.SENDER), connection.cursor() as cursor:
        cursor.execute(dispatch._LOOK, [0])
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        ((found,),) = cursor.fetchall()
        transaction.set_rollback(True)
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    # What writes is not counted by the statement as a whole.
    parts = [plan, *(part for part in plan["Plans"] if "Subplan Name" in part)]
    touched = sum(part["Shared Hit Blocks"] + part["Shared Read Blocks"] for part in parts)
    return touched, list(_scans(plan))


def _scans(plan):
    if "Scan" in plan["Node Type"] and plan.get("Relation Name", "").startswith("webhooks_log"):
        read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield plan["Node Type"], read * plan["Actual Loops"]
    for part in plan.get("Plans", []):
        yield from _scans(part)


@pytest.mark.usefixtures("fresh_tables")
@pytest.mark.parametrize("analyzed", [False, True], ids=["no-statistics", "statistics"])
def test_publishing_costs_the_same_after_a_million_rows(
    our_practice, partner, make_key, owner, analyzed
):
    make_key(our_practice)
    SubscriptionFactory.create(practice=our_practice, partner=partner)
    turn = {"last": 2 * ROWS, "here": "here", "floor": 0, "limit": 50}
    costs, scans = [], []

    def measure():
        look = blocks(dispatch._LOOK.replace("%s", "0"))
        work = blocks(dispatch._PUBLISH, **turn)
        scans.extend(look[1] + work[1])
        costs.append((look[0], work[0]))

    for count in (ROWS // 1000, ROWS):
        fill(our_practice, count)
        if analyzed:
            owner.execute("ANALYZE webhooks_log")
        happen(our_practice, *range(50))
        measure()
        with tenancy.acting_as(tenancy.SENDER):
            assert dispatch.publish() == 50
    fill(our_practice, ROWS // 10, are_numbered=False)
    measure()

    # The empty partitions may be read in any way.
    assert [kind for kind, rows in scans if rows and "Index" not in kind] == []
    assert max(rows for _, rows in scans) == 50
    # A look goes down a few trees; how many rows just died there is a matter of chance.
    assert max(look for look, _ in costs) < 50
    (_, small), *others = costs
    for _, work in others:
        assert work < 1.5 * small


def crowd(first, last):
    """Other practices by these numbers, each with a partner, a key and a subscription."""
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH practice AS (
                INSERT INTO partners_practice (ppass, name, time_zone, is_sandbox, is_active,
                                               created_at)
                SELECT 'Crowd' || n, '', 'UTC', false, true, now()
                FROM generate_series(%s, %s) AS n RETURNING id, ppass
            ), partner AS (
                INSERT INTO partners_partner (name, company_name, contact_name, email, phone,
                                              website, alert_email, is_active, created_at)
                SELECT ppass, '', '', '', '', '', '', true, now() FROM practice RETURNING id, name
            ), made AS (
                INSERT INTO partners_apikey (partner_id, practice_id, name, scopes,
                                             allowed_networks, lookup_id, digest, pepper,
                                             created_at)
                SELECT partner.id, practice.id, '', '{Claims}', '{}',
                       lpad(practice.id::text, 8, '0'), '', '', now()
                FROM practice JOIN partner ON name = ppass
            )
            INSERT INTO webhooks_subscription (partner_id, practice_id, hook_url, scopes, status,
                                               disabled_reason, secret, previous_secret, failures,
                                               updated_at)
            SELECT partner.id, practice.id, 'https://example.com', '{Claims}', 'active', '', '',
                   '', 0, now()
            FROM practice JOIN partner ON name = ppass
            """,
            [first, last],
        )


@pytest.mark.usefixtures("fresh_tables")
@pytest.mark.parametrize("statement", ["_PUBLISH", "_CATCH_UP"])
def test_publishing_costs_the_same_with_many_who_want_other_events(
    our_practice, partner, make_key, owner, statement
):
    make_key(our_practice)
    SubscriptionFactory.create(practice=our_practice, partner=partner)
    happen(our_practice, *range(50))
    values = {"last": 0, "here": "here", "floor": 0, "limit": 50}
    if statement == "_CATCH_UP":
        with tenancy.acting_as(tenancy.SENDER):
            dispatch.publish()
        with tenancy.acting_as(tenancy.STAFF):
            DispatchState.objects.update(is_behind=True, last_log_id=0)
            Delivery.objects.all().delete()
        values = {"limit": 50}

    costs = []
    for first, last in ((1, 100), (101, 2_000)):
        crowd(first, last)
        owner.execute("ANALYZE webhooks_subscription, partners_apikey, partners_practice")
        costs.append(blocks(getattr(dispatch, statement), **values)[0])

    assert costs[1] < 1.5 * costs[0], costs

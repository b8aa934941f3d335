"""The pull feed: the same events as are pushed, in their order, and quickly wherever one begins."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from partners import tenancy
from partners.scopes import ALL_SCOPES, EventScope
from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.factories import happen
from tests.webhooks.rows import publish
from webhooks.delivery import deliver_now
from webhooks.filters import number_of
from webhooks.models import EVENT_SCOPES, Delivery

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]

EVENTS = "/v1/webhooks/events"


def pull_all(client, **query):
    found, after = [], "0"
    while events := client.get(EVENTS, {"after": after, **query}).json()["data"]:
        found += events
        after = events[-1]["id"]
    return found


def test_pulled_is_what_is_pushed(ours, theirs, our_practice, other_practice, receiver, staff):
    for client in (ours, theirs):
        client.post("/v1/webhooks/signup", {"hookUrl": receiver.url, "scopes": EVENT_SCOPES})
    happen(our_practice, 1, 2)
    happen(other_practice, 3)
    odd = '{"Ö": [1.50, 1e400, 1234567890123456789012345678901234567890]}'
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, data)"
            " VALUES (%s, 'Claims', 'claim.paid', %s)",
            [our_practice.pk, odd],
        )
    publish()
    with staff():
        waiting = list(Delivery.objects.order_by("id").values_list("pk", flat=True))
    for pk in waiting:
        deliver_now(pk)

    for client in (ours, theirs):
        pushed = [
            request
            for request in receiver.requests
            if json.loads(request.body)["practice"] == client.ppass
        ]
        pulled = client.get(EVENTS)

        assert pulled.status_code == 200
        assert pulled.content == b'{"data":[%s],"count":%d}' % (
            b",".join(request.body for request in pushed),
            len(pushed),
        )
        ids = [each["id"] for each in pulled.json()["data"]]
        assert ids == [request.headers["webhook-id"] for request in pushed]
        assert ids == [f"evt_{request.headers['x-officepro-event-id']}" for request in pushed]


def test_feed_goes_on_after_the_last_one(ours, our_practice, other_practice):
    happen(our_practice, *range(1, 8))
    happen(other_practice, *range(100, 103))
    publish()

    pages = [ours.get(EVENTS, {"limit": 3}).json()]
    while pages[-1]["data"]:
        after = pages[-1]["data"][-1]["id"]
        pages.append(ours.get(EVENTS, {"limit": 3, "after": after}).json())

    assert [page["count"] for page in pages] == [3, 3, 1, 0]
    told = [each["data"]["PatientID"] for page in pages for each in page["data"]]
    assert told == list(range(1, 8))
    number = str(number_of(pages[0]["data"][-1]["id"]))
    assert ours.get(EVENTS, {"limit": 3, "after": number}).json() == pages[1]


def test_feed_needs_no_subscription_and_holds_published_events_only(ours, our_practice):
    happen(our_practice, 1)
    before = ours.get(EVENTS).json()
    publish()

    assert before == {"data": [], "count": 0}
    assert ours.get(EVENTS).json()["count"] == 1


def test_key_sees_the_scopes_that_it_holds(our_practice, make_key, client_for):
    happen(our_practice, 1, scope=EventScope.PATIENTS)
    happen(our_practice, 2, scope=EventScope.CLAIMS)
    happen(our_practice, 3, scope=EventScope.PAYMENTS)
    publish()
    client = client_for(make_key(our_practice, ["Patients", "Payments", "Prospects"]))

    seen = [each["data"]["PatientID"] for each in client.get(EVENTS).json()["data"]]
    some = client.get(EVENTS, {"scopes": "Payments"}).json()["data"]
    refused = client.get(EVENTS, {"scopes": "Payments,Claims"})

    assert seen == [1, 3]
    assert [each["data"]["PatientID"] for each in some] == [3]
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Your key does not hold Claims.",
    )


def test_key_without_event_scopes_is_told_so(our_practice, make_key, client_for):
    client = client_for(make_key(our_practice, [s for s in ALL_SCOPES if s not in EVENT_SCOPES]))

    answer = client.get(EVENTS)

    assert answer.status_code == 403
    assert all(scope in answer.json()["detail"] for scope in EVENT_SCOPES)


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": "-1"},
        {"after": ""},
        {"after": "evt_"},
        {"after": "evt_01"},
        {"after": "٣"},
        {"after": "1" * 19},
        {"limit": "0"},
        {"limit": "101"},
        {"scopes": "Prospects"},
        {"scopes": ""},
        {"page": "1"},
        {"practice": "OtherOffice"},
    ],
)
def test_bad_queries_are_refused(ours, query):
    answer = ours.get(EVENTS, query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].partition("[")[0] == next(iter(query))


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_number_of_an_event_is_read_back(number):
    assert number_of(f"evt_{number}") == number_of(str(number)) == number


@pytest.mark.parametrize("count", [1, 3, 100])
def test_feed_costs_two_queries(ours, our_practice, count):
    happen(our_practice, *range(count))
    publish()

    with CaptureQueriesContext(connection) as queries:
        answer = ours.get(EVENTS, {"limit": "100"})

    assert answer.json()["count"] == count
    assert len([q for q in queries if q["sql"] not in ("BEGIN", "COMMIT")]) == 2


@pytest.mark.parametrize("claims_every", [5_000, 1_000_000])
@pytest.mark.usefixtures("fresh_tables")
def test_feed_reads_no_more_than_it_shows(ours, our_practice, staff, claims_every):
    """Wherever it begins, and however many events of other scopes lie between, or only of one."""
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, log_id)"
            " SELECT %s, CASE WHEN n %% %s = 0 THEN 'Claims' ELSE 'Patients' END, 'a.b', n"
            " FROM generate_series(1, 20000) AS n",
            [our_practice.pk, claims_every],
        )
        cursor.execute("ANALYZE webhooks_log")

    for scopes in (["Patients"], ["Claims"], EVENT_SCOPES):
        for after in (0, 10_000, 19_990):
            with CaptureQueriesContext(connection) as queries:
                ours.get(EVENTS, {"after": after, "scopes": ",".join(scopes)})
            asked = next(each["sql"] for each in queries if "webhooks_log" in each["sql"])
            with tenancy.within_practice(our_practice.pk), connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {asked}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Rows Removed by Filter" not in plan, plan
            assert "Seq Scan" not in plan, plan

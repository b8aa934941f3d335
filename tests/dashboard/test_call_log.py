"""Every call becomes a row, and nothing said in private does."""

import datetime
import re
import time

import pytest
from django.db import OperationalError

from dashboard.calls import Call, CallWriter, writer
from dashboard.models import ApiCall
from partners.paginator import CappedPaginator
from tests.dashboard.rows import call, write
from tests.staff_pages import signed_in

_start = CallWriter._start


@pytest.fixture
def browser(staff):
    """Signed in, with every right."""
    return signed_in(staff)


@pytest.fixture
def logged(staff):
    """What the log holds, oldest first."""

    def read():
        writer.flush()
        with staff():
            return list(ApiCall.objects.order_by("at"))

    read()
    return read


def test_call_is_logged_with_who_and_how(ours, our_practice, logged):
    answer = ours.get("/prospects", {"search": "secret"}, X_Request_Id="req-1")

    (call,) = logged()

    assert (call.method, call.route, call.path, call.status) == (
        "GET",
        "v1/<ppass:ppass>/prospects",
        "/v1/DemoOffice/prospects",
        200,
    )
    assert call.practice_id == our_practice.pk
    assert call.partner_id is not None
    assert call.key_id is not None
    assert (call.ip, call.request_id) == ("127.0.0.1", "req-1")
    assert call.bytes_out == len(answer.content)
    assert call.duration_ms > 0
    assert abs(datetime.datetime.now(datetime.UTC) - call.at) < datetime.timedelta(minutes=1)


def test_refused_and_unknown_calls_are_logged_too(ours, logged):
    ours.get("/v1/OtherOffice/prospects")
    ours.get("/v1/nowhere/at/all")
    ours.token = "garbage"
    ours.post("/prospects", {"FirstName": "Secret"})

    calls = logged()

    assert [(call.status, call.route) for call in calls] == [
        (403, "v1/<ppass:ppass>/prospects"),
        (404, ""),
        (401, "v1/<ppass:ppass>/prospects"),
    ]
    assert calls[2].key_id is None
    assert calls[2].bytes_in == len(b'{"FirstName":"Secret"}')


def test_neither_body_nor_query_is_kept(ours, logged, staff):
    ours.get("/prospects", {"search": "Whispered"})
    ours.post("/prospects", {"FirstName": "Whispered", "LastName": "Name"})
    logged()

    with staff():
        rows = list(ApiCall.objects.values())

    assert len(rows) == 2
    assert "Whispered" not in repr(rows)


def test_use_of_a_key_is_noted_once_a_minute(our_practice, make_key, client_for, logged, staff):
    key = make_key(our_practice)
    client = client_for(key)

    def last_use():
        client.get("/prospects")
        logged()
        with staff():
            key.refresh_from_db()
        return key.last_used_at

    first = last_use()
    assert first is not None
    assert last_use() == first
    with staff():
        key.last_used_at = first - datetime.timedelta(seconds=61)
        key.save()
    assert last_use() >= first


def test_rows_wait_while_the_database_is_away(ours, logged, monkeypatch, staff):
    def away(self, batch):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(CallWriter, "_write", away)
        ours.get("/prospects")
        with pytest.raises(OperationalError):
            writer.flush()

    assert [call.status for call in logged()] == [200]


def test_stop_writes_what_waits(ours, logged, staff):
    own = CallWriter()
    ours.get("/prospects")
    logged()
    with staff():
        (call,) = ApiCall.objects.all()
    row = tuple(getattr(call, name) for name in _columns())

    own._waiting.extend([Call(*row)] * 2500)
    own.stop()

    with staff():
        assert ApiCall.objects.count() == 2501


def _columns():
    return Call._fields


def test_old_part_is_its_own_table(ours, logged, owner):
    ours.get("/prospects")
    logged()

    (name,) = owner.execute("SELECT tableoid::regclass::text FROM dashboard_apicall").fetchone()

    assert name == f"dashboard_apicall_{datetime.datetime.now(datetime.UTC):%Y%m%d}"


def test_calls_are_written_beside_the_requests(ours, logged, staff):
    own = CallWriter()
    own._start = lambda: _start(own)
    ours.get("/prospects")
    (call,) = writer._waiting

    own.record(call)

    until = time.monotonic() + 10
    while own._waiting and time.monotonic() < until:
        time.sleep(0.02)
    own.stop()
    with staff():
        assert ApiCall.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [200, 201, 404, 500]),
        ("?since=hour", [200]),
        ("?since=day", [200, 201]),
        ("?since=week", [200, 201, 404]),
        ("?since=month", [200, 201, 404, 500]),
        ("?since=ever", [200, 201, 404, 500]),
        ("?since=week&class=2", [200, 201]),
        ("?class=404", [404]),
    ],
)
def test_log_is_filtered_by_time_and_status(browser, logged, query, found):
    now = datetime.datetime.now(datetime.UTC)
    ages = {200: 0, 201: 2, 404: 30, 500: 24 * 8}
    write(
        *(
            call(at=now - datetime.timedelta(hours=age), status=status)
            for status, age in ages.items()
        )
    )

    page = browser.get(f"/admin/dashboard/apicall/{query}").content.decode()

    assert [int(each) for each in re.findall(r'badge-[a-z]+">(\d{3})<', page)] == found


def test_long_log_is_counted_to_an_end(ours, logged, browser, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "most", 3)
    for _ in range(5):
        ours.get("/prospects")
    logged()

    page = browser.get("/admin/dashboard/apicall/")

    assert page.status_code == 200
    assert "3 or more API calls" in page.content.decode()

"""Recent activity: every filter against a plain loop, pages without gaps, a harmless file."""

import csv
import datetime
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import activity
from dashboard.activity import Filters, Place
from dashboard.csv_files import harmless
from dashboard.models import ApiCall
from partners import tenancy
from tests.dashboard.rows import TAGS, call, count, write
from tests.factories import PartnerFactory

PATH, FILE = "/dashboard/activity/", "/dashboard/activity/calls.csv"
NOW = datetime.datetime(2026, 3, 9, 14, 25, tzinfo=datetime.UTC)
BOOK = "v1/<ppass:ppass>/visits/book"

calls = st.builds(
    lambda minutes, who, route, method, status, ip, request: call(
        at=NOW - datetime.timedelta(minutes=minutes),
        practice_id=who,
        partner_id=who,
        route=route,
        method=method,
        status=status,
        ip=ip,
        request_id=request,
    ),
    st.sampled_from([0, 1, 2, 90, 60 * 30, 60 * 24 * 8, 60 * 24 * 40]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([TAGS, BOOK, ""]),
    st.sampled_from(["GET", "POST", "BREW"]),
    st.sampled_from([200, 201, 404, 409, 500, 503]),
    st.sampled_from([None, "203.0.113.7", "2001:db8::7"]),
    st.sampled_from(["one", "two"]),
)
wishes = st.fixed_dictionaries(
    {},
    optional={
        "practice_id": st.sampled_from([0, 1, 2]),
        "partner_id": st.sampled_from([0, 1, 2]),
        "status": st.sampled_from(["", "2", "4", "5", "404", "500"]),
        "endpoint": st.sampled_from(["", f"GET {TAGS}", f"POST {BOOK}", f"? {TAGS}", "-"]),
        "found": st.sampled_from(["", "one", "203.0.113.7", "2001:DB8:0::7", "nothing"]),
        "until": st.sampled_from([None, NOW, NOW - datetime.timedelta(minutes=90)]),
    },
)


def fits(row, *, practice_id=0, partner_id=0, status="", endpoint="", found="", until=None):
    method, _, route = endpoint.partition(" ")
    known = {"2001:DB8:0::7": "2001:db8::7"}.get(found, found)
    return all(
        [
            practice_id in (0, row.practice_id),
            partner_id in (0, row.partner_id),
            str(row.status).startswith(status),
            endpoint in ("", "-") or row.route == route,
            endpoint != "-" or row.route == "",
            method in ("", "-", "?", row.method),
            not known or known in (row.request_id, row.ip),
            until is None or row.at < until + datetime.timedelta(minutes=1),
        ]
    )


@pytest.fixture(autouse=True)
def _stage(database):
    """All tests here read calls."""


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(calls, max_size=40), wish=wishes, size=st.integers(1, 7))
def test_filters_and_pages_agree_with_a_plain_loop(wipe, rows, wish, size):
    wipe()
    write(*rows)
    filters = Filters(**wish)
    found, before = [], None

    with tenancy.acting_as(tenancy.STAFF):
        everything = list(ApiCall.objects.order_by("-at", "-id"))
        while page := activity.page(filters, before=before, size=size, now=NOW):
            found += page
            before = Place.read(str(activity.place(page[-1])))
        in_one = list(activity.pages(filters, most=25, size=size, now=NOW))

    expected = [row.pk for row in everything if fits(row, **wish)]
    assert [row.pk for row in found] == expected
    assert [row.pk for row in in_one] == expected[:25]


@pytest.mark.usefixtures("fresh_tables")
@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        (Filters(practice_id=1), r"practice_id = 1\)"),
        (Filters(partner_id=1), r"partner_id = 1\)"),
        (Filters(status="429"), r"status = 429\)"),
        (Filters(endpoint=f"GET {TAGS}"), r"hashtextextended\(.*\) = "),
        (Filters(found="203.0.113.7"), r"ip = '203.0.113.7'"),
        (Filters(found="one"), r"\(request_id\)::text = 'one'"),
        # All that their indexes hold is wanted, so there is nothing to look at.
        (Filters(status="4"), None),
        (Filters(status="5"), None),
    ],
)
def test_each_filter_has_an_index(filters, condition, owner):
    write(
        *[
            call(
                at=NOW - datetime.timedelta(seconds=n),
                practice_id=n % 50,
                partner_id=n % 40,
                status=429 if n % 150 == 0 else [200, 201, 400, 401, 404, 409, 500][n % 7],
                route=f"v1/{n % 30}",
                ip=f"203.0.113.{n % 200}",
                request_id=f"r{n}",
            )
            for n in range(3000)
        ]
    )
    owner.execute("ANALYZE dashboard_apicall")

    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        # So small a table is read whole; without this an index that fits is left.
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = filters.calls().order_by("-at", "-id")[:51].explain()

    scans = re.findall(
        r"(?:Index|Heap) Scan.* on dashboard_apicall_default .*(?:\n .*Cond:.*)?", plan
    )
    assert scans, plan
    for scan in scans:
        assert re.search(condition, scan) if condition else "status" not in scan, plan


def test_the_page_shows_who_called_what(our_practice, other_practice, partner, desk):
    other = PartnerFactory.create(name="Other Partner")
    write(
        call(at=timezone.now(), practice_id=our_practice.pk, partner_id=partner.pk, status=409),
        call(at=timezone.now(), practice_id=other_practice.pk, partner_id=other.pk),
        call(at=timezone.now(), practice_id=None, partner_id=None, path="/v1/<script>", status=404),
    )

    found = desk.get(PATH).content.decode()
    ours = desk.get(PATH, {"practice": "demooffice"}).content.decode()
    theirs = desk.get(PATH, {"partner": other.pk}).content.decode()

    assert found.count("<tr data-key") == 3
    assert "<script>" not in found.replace("<script ", "")
    assert "/v1/<wbr>&lt;script&gt;" in found or "/&lt;script&gt;" in found
    assert (ours.count("<tr data-key"), theirs.count("<tr data-key")) == (1, 1)
    assert ">409<" in ours
    assert partner.name in ours
    assert "Other Partner" in theirs


def test_older_pages_go_on_where_the_last_ended(desk, our_practice):
    now = timezone.now()
    write(*[call(at=now - datetime.timedelta(seconds=n), request_id=f"r{n}") for n in range(120)])
    seen, address = [], PATH
    while address:
        page = desk.get(address).content.decode()
        seen += re.findall(r"Request (r\d+)", page)
        older = re.search(r'<a href="(\?[^"]*)" rel="next"', page)
        address = PATH + older[1].replace("&amp;", "&") if older else ""
        assert ("data-live" in page) == (len(seen) == 50)

    assert seen == [f"r{n}" for n in range(120)]


def test_what_makes_no_sense_is_said(desk, our_practice):
    write(call(at=timezone.now()))

    answer = desk.get(
        PATH, {"status": "9x", "until": "tomorrow", "before": "x_1", "practice": "Nowhere"}
    )
    strange = [
        desk.get(PATH, {name: value}).status_code
        for name in ("find", "endpoint", "status", "before", "until", "practice", "partner")
        for value in ("a\0b", "²", "0001-01-01T00:00_1", "9999-12-31T23:59_1", "9" * 99)
    ]

    found = answer.content.decode()
    assert found.count("errornote") == 3
    assert found.count("<tr data-key") == 1
    assert set(strange) == {200}


def test_queries_do_not_grow_with_rows(desk, our_practice):
    def queries():
        with CaptureQueriesContext(connection) as found:
            desk.get(PATH)
        return [query["sql"] for query in found]

    now = timezone.now()
    write(*[call(at=now, route=f"v1/{n}") for n in range(51)])
    count()
    one = queries()
    write(*[call(at=now, route=f"v1/{n}") for n in range(100)])
    count()
    many = queries()

    assert len(many) == len(one) <= 16
    assert not [sql for sql in many if "COUNT(" in sql.upper()]


def test_file_holds_what_fits_and_no_formula(desk, our_practice, partner):
    evil = PartnerFactory.create(name="=cmd|' /C calc'!A0")
    now = timezone.now()
    write(
        call(at=now, partner_id=evil.pk, practice_id=our_practice.pk, request_id="-1+1", ip=None),
        call(at=now, partner_id=partner.pk, practice_id=our_practice.pk, request_id="fine"),
        call(at=now, partner_id=partner.pk, practice_id=None, status=500),
    )

    answer = desk.get(FILE, {"practice": our_practice.ppass})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="activity-')
    heading, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert heading[:4] == ["Time (UTC)", "Method", "Endpoint", "Status"]
    assert {tuple(line[1:9]) for line in lines} == {
        ("GET", "/v1/DemoOffice/tags", "200", "3.0", "DemoOffice", "'" + evil.name, "", "'-1+1"),
        ("GET", "/v1/DemoOffice/tags", "200", "3.0", "DemoOffice", partner.name, "203.0.113.7")
        + ("fine",),
    }


def test_file_is_bounded(desk, our_practice, monkeypatch):
    monkeypatch.setattr("dashboard.views.activity._MOST_IN_FILE", 7)
    write(*[call(at=timezone.now()) for _ in range(9)])

    assert len(desk.get(FILE).content.decode().splitlines()) == 8


@given(st.text(max_size=10))
def test_no_text_begins_as_a_formula(text):
    assert not harmless(text).startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    )
    assert harmless(text).removeprefix("'") == text.removeprefix("'") or harmless(text) == text


@given(
    st.datetimes(
        min_value=datetime.datetime(1971, 1, 1),  # noqa: DTZ001 - as hypothesis wants it
        max_value=datetime.datetime(2199, 12, 31),  # noqa: DTZ001
        timezones=st.just(datetime.UTC),
    ),
    st.integers(0, 2**59),
)
def test_a_place_reads_what_it_wrote(at, pk):
    assert Place.read(str(Place(at, pk))) == Place(at, pk)


@pytest.mark.parametrize("path", [PATH, FILE])
def test_only_for_staff_with_the_right(path, sign_in):
    assert sign_in("scheduling.view_visit").get(path).status_code == 403
    assert Client().get(path).status_code == 302

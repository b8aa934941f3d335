"""The audit log in the admin: found by who, what, when and where; never changed; quick."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import AuditEntry, Practice
from tests.catalog.factories import ProductFactory
from tests.dashboard import rows

Staff = Callable[[], AbstractContextManager[None]]
LOG = "/admin/partners/auditentry/"
FILE = f"{LOG}entries.csv"
_WRITE = """
INSERT INTO partners_auditentry
    (at, actor, action, object_type, object_id, practice_id, ip, request_id)
SELECT %s, %s, %s, %s, %s, %s, %s, %s
"""


@pytest.fixture
def browser(staff: Staff) -> Client:
    """An administrator's, who is no superuser."""
    browser = Client()
    with staff():
        kim = User.objects.create_user("kim", is_staff=True)
        kim.groups.add(Group.objects.get(name="Administrator"))
        browser.force_login(kim, "django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def write(owner: psycopg.Connection[Any]) -> Callable[..., None]:
    """An entry of some time ago; the owner may say when it was."""

    def written(actor: str, action: str = "viewed", **facts: Any) -> None:
        of = {"at": "2030-01-15T12:00Z", "kind": "prospects.person", "number": "7"}
        of |= {"practice": None, "ip": "203.0.113.9", "request": ""} | facts
        values = [of["kind"], of["number"], of["practice"], of["ip"], of["request"]]
        owner.execute(_WRITE, [of["at"], actor, action, *values])

    return written


def shown(browser: Client, **query: str) -> list[str]:
    """Who is in the list."""
    page = browser.get(LOG, query)
    assert page.status_code == 200
    return [entry.actor for entry in page.context_data["cl"].result_list]


@pytest.mark.parametrize(
    "query",
    [
        {"who": "mia"},
        {"action": "revoked"},
        {"kind": "partners.apikey"},
        {"day": "2030-01-16"},
        {"ppass": "otheroffice"},
        {"q": "198.51.100.4"},
        {"q": "4711"},
        {"q": "request-9"},
        {"who": "mia", "action": "revoked", "day": "2030-01-16", "ppass": "OtherOffice"},
    ],
)
def test_found_by_each_thing(
    browser: Client,
    write: Any,
    our_practice: Practice,
    other_practice: Practice,
    query: dict[str, str],
) -> None:
    write("lee", practice=our_practice.pk)
    write(
        "mia",
        "revoked",
        at="2030-01-16T00:00Z",
        kind="partners.apikey",
        number="4711",
        practice=other_practice.pk,
        ip="198.51.100.4",
        request="request-9",
    )
    write("lee", at="2030-01-17T00:00Z")

    assert shown(browser, **query) == ["mia"]


def test_newest_first(browser: Client, write: Any) -> None:
    for number, actor in enumerate(("lee", "mia", "kim")):
        write(actor, at=f"2030-01-1{number}T00:00Z")

    assert shown(browser)[:3] == ["kim", "mia", "lee"]


@pytest.mark.parametrize(
    "query",
    [{"day": "yesterday"}, {"q": "\x00"}, {"q": "999.1.1.1"}, {"day": "9999-12-31"}, {"q": "'"}],
)
def test_nonsense_finds_nothing_or_all(browser: Client, query: dict[str, str]) -> None:
    assert browser.get(LOG, query).status_code == 200


def test_rows_lead_to_what_they_are_about(
    browser: Client, write: Any, our_practice: Practice
) -> None:
    write("lee", practice=our_practice.pk, kind="partners.practice", number=str(our_practice.pk))
    write("mia", kind="gone.model", number="1")

    page = browser.get(LOG).content.decode()

    assert f'<a href="/admin/partners/practice/{our_practice.pk}/change/">practice' in page
    assert "DemoOffice" in page
    assert "gone.model 1" in page
    (entry,) = browser.get(LOG, {"who": "lee"}).context_data["cl"].result_list
    assert "DemoOffice" in browser.get(f"{LOG}{entry.pk}/change/").content.decode()


def test_exports_are_noted(browser: Client, staff: Staff) -> None:
    rows.write(*[rows.call(at=timezone.now())] * 3)
    product = ProductFactory.create()

    browser.get("/dashboard/activity/calls.csv")
    chosen = {"action": "export_csv", "_selected_action": product.pk}
    browser.post("/admin/catalog/product/", chosen).close()

    with staff():
        noted = AuditEntry.objects.filter(action="exported").order_by("id")
        assert list(noted.values_list("actor", "object_type", "detail")) == [
            ("kim", "dashboard.apicall", "3 rows"),
            ("kim", "catalog.product", "1 row"),
        ]


def test_file_holds_what_the_list_shows(
    browser: Client, write: Any, our_practice: Practice, other_practice: Practice, staff: Staff
) -> None:
    write("=lee()", practice=our_practice.pk, request="request-9")
    write("mia", "revoked", practice=other_practice.pk, kind="partners.apikey", number="12")

    assert "entries.csv?ppass=demooffice" in browser.get(LOG, {"ppass": "demooffice"}).text
    answer = browser.get(FILE, {"ppass": "demooffice"})
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-log-')
    heading, *lines = csv.reader(io.StringIO(answer.text))
    assert heading[:4] == ["Time (UTC)", "Who", "Action", "Kind"]
    assert lines == [
        ["2030-01-15 12:00:00.000000", "'=lee()", "viewed", "person", "7", "DemoOffice", "",
         "203.0.113.9", "request-9"],
    ]  # fmt: skip
    write("ada", "ran", kind="", number="", ip=None)
    (_, ran) = csv.reader(io.StringIO(browser.get(FILE, {"who": "ada"}).text))
    assert ran[1:] == ["ada", "ran a command", "", "", "", "", "", ""]
    (_, revoked) = csv.reader(io.StringIO(browser.get(FILE, {"action": "revoked"}).text))
    assert revoked[1:6] == ["mia", "revoked", "API key", "12", other_practice.ppass]

    with staff():
        noted = AuditEntry.objects.filter(action="exported").order_by("id")
        assert [(entry.actor, entry.detail) for entry in noted] == [("kim", "1 row")] * 3


def test_file_is_bounded(browser: Client, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.admin.audit._MOST_IN_FILE", 3)
    for _ in range(5):
        write("lee")

    assert len(browser.get(FILE, {"who": "lee"}).text.splitlines()) == 4


def test_file_of_nonsense_leads_back_to_the_list(browser: Client) -> None:
    answer = browser.get(FILE, {"nothing": "1"})

    assert (answer.status_code, answer["Location"]) == (302, LOG)


def test_nobody_changes_it(browser: Client, write: Any, staff: Staff) -> None:
    write("lee")
    with staff():
        entry = AuditEntry.objects.get(actor="lee")
        User.objects.filter(username="kim").update(is_superuser=True)
    page = f"{LOG}{entry.pk}/"

    assert browser.get(f"{page}change/").status_code == 200
    assert browser.post(f"{page}change/", {"actor": "mia"}).status_code == 403
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"{LOG}add/").status_code == 403
    browser.post(LOG, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})

    with staff():
        assert AuditEntry.objects.get(pk=entry.pk).actor == "lee"


def test_queries_do_not_grow_with_the_list(
    browser: Client, write: Any, our_practice: Practice, other_practice: Practice
) -> None:
    counts = []
    for practice in (our_practice, other_practice):
        for _ in range(3):
            write("lee", practice=practice.pk)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LOG)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "audit_at"),
        ("actor = 'lee'", "audit_actor"),
        ("action = 'revoked'", "audit_action"),
        ("object_type = 'partners.apikey'", "audit_kind"),
        ("object_id = '4711'", "audit_object"),
        ("practice_id = 3", "audit_practice"),
        ("ip = '198.51.100.4'", "audit_ip"),
        ("request_id = 'request-9'", "audit_request"),
        ("at >= '2030-01-03' AND at < '2030-01-04'", "audit_at"),
    ],
)
def test_each_has_an_index(
    fresh_tables: None, owner: psycopg.Connection[Any], query: str, index: str
) -> None:
    owner.execute(
        "INSERT INTO partners_auditentry (at, actor, action, object_type, object_id,"
        " practice_id, ip, request_id)"
        " SELECT '2030-01-01'::timestamptz + n * interval '1 minute', 'user' || n % 50,"
        " (ARRAY['viewed', 'listed', 'changed'])[1 + n % 3], 'prospects.person', n % 3000,"
        " n % 40, '10.0.0.1'::inet + n % 200, md5(n::text) FROM generate_series(1, 20000) n"
    )
    owner.execute("ANALYZE partners_auditentry")

    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        where = f"WHERE {query}" if query else ""
        plan = owner.execute(
            f"EXPLAIN SELECT * FROM partners_auditentry {where} ORDER BY at DESC, id DESC LIMIT 50"
        ).fetchall()

    text = "\n".join(line for (line,) in plan)
    assert index in text, text
    assert "Seq Scan" not in text

"""Staff pages of practices, partners and keys, and of the call log."""

import datetime
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.models import ApiCall
from partners.admin import ApiKeyAdmin
from partners.models import ApiKey, Partner, Practice
from tests.client import Client
from tests.factories import PartnerFactory, PracticeFactory, ProviderFactory
from tests.process import manage

Staff = Callable[[], AbstractContextManager[None]]
KEY_TEXT = re.compile(r"emr_(?:live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{38,}")
KEYS = "/admin/partners/apikey/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def sign_in(staff: Staff) -> Callable[..., DjangoClient]:
    """A browser of somebody on the staff, who may do what is named, or everything."""

    def sign_in(*permissions: str) -> DjangoClient:
        browser = DjangoClient()
        with staff():
            user = User.objects.create_user("kim", is_staff=True, is_superuser=not permissions)
            user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
            browser.force_login(user, BACKEND)
        return browser

    return sign_in


@pytest.fixture
def browser(sign_in: Any) -> DjangoClient:
    """A browser of an administrator."""
    signed_in: DjangoClient = sign_in()
    return signed_in


def new_key_form(browser: DjangoClient, practice: Practice, partner: Partner) -> dict[str, Any]:
    """The form as the page gives it, filled in."""
    page = browser.get(f"{KEYS}add/").content.decode()
    found = re.search(r'name="key_id" value="([0-9A-Za-z]{8})"', page)
    assert found
    return {
        "partner": partner.pk,
        "practice": practice.pk,
        "name": "nightly sync",
        "scopes": ["Patients", "Prospects"],
        "allowed_networks": "127.0.0.1, 10.0.0.0/8",
        "rate_limit": "",
        "expires_at_0": "",
        "expires_at_1": "",
        "key_id": found[1],
    }


def texts_in(response: Any) -> list[str]:
    return KEY_TEXT.findall(response.content.decode())


def status_of_token(ppass: str, key: str) -> int:
    return Client(ppass=ppass).post("/auth/token", {"apiKey": key}).status_code


# --- A new key, shown once -----------------------------------------------------------------------


def test_new_key_is_shown_and_works(
    browser: DjangoClient, staff: Staff, our_practice: Practice, other_practice: Any, partner: Any
) -> None:
    response = browser.post(f"{KEYS}add/", new_key_form(browser, our_practice, partner))

    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("no-store")
    [text] = texts_in(response)
    assert status_of_token("DemoOffice", text) == 200
    assert status_of_token("OtherOffice", text) == 401
    with staff():
        key = ApiKey.objects.get()
    assert (key.name, key.partner_id, key.practice_id) == (
        "nightly sync",
        partner.pk,
        our_practice.pk,
    )
    assert key.scopes == ["Prospects", "Patients"]
    assert key.allowed_networks == ["127.0.0.1/32", "10.0.0.0/8"]


def test_new_key_is_kept_nowhere(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    partner: Partner,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    form = new_key_form(browser, our_practice, partner)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = browser.post(f"{KEYS}add/", form)

    [text] = texts_in(response)
    secret = text.rpartition("_")[2]
    assert not any(secret in query["sql"] for query in queries)
    assert not any(secret in cookie.value for cookie in browser.cookies.values())
    assert secret not in str(response.headers)
    with staff():
        sessions = [session.get_decoded() for session in Session.objects.all()]
        log = [(entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()]
    assert secret not in str(sessions)
    assert log == [(str(response.context["issued"][0].key), '[{"added": {}}]')]
    assert secret not in caplog.text + "".join(capfd.readouterr())
    key = response.context["issued"][0].key
    for path in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/", "/admin/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert secret not in page.content.decode()
        assert key.digest not in page.content.decode()


def test_new_key_form_sent_twice(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)
    browser.post(f"{KEYS}add/", form)

    again = browser.post(f"{KEYS}add/", form, follow=True)

    assert texts_in(again) == []
    assert "This form was sent before" in again.content.decode()
    with staff():
        [key] = ApiKey.objects.all()
    assert again.redirect_chain == [(f"{KEYS}{key.pk}/change/", 302)]


def test_new_key_form_sent_twice_at_once(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = new_key_form(browser, our_practice, partner)
    both_looked = threading.Barrier(2)
    look = ApiKeyAdmin._made_before

    def look_together(admin: ApiKeyAdmin, request: Any) -> Any:
        found = look(admin, request)
        if not getattr(request, "has_looked", False):
            request.has_looked = True
            both_looked.wait(timeout=10)
        return found

    def send(_: int) -> Any:
        twin = DjangoClient()
        twin.cookies = browser.cookies
        try:
            return twin.post(f"{KEYS}add/", form)
        finally:
            connection.close()

    monkeypatch.setattr(ApiKeyAdmin, "_made_before", look_together)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert len([text for answer in answers for text in texts_in(answer)]) == 1
    with staff():
        assert ApiKey.objects.count() == 1


def test_new_key_form_with_faults(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)
    wrong = {
        **form,
        "scopes": [],
        "allowed_networks": "10.0.0.1/8, office",
        "rate_limit": "0",
        "expires_at_0": "2020-01-01",
        "expires_at_1": "00:00",
    }

    response = browser.post(f"{KEYS}add/", wrong)

    assert response.context["adminform"].form.errors.get_json_data() == {
        "scopes": [{"message": "Choose at least one scope.", "code": ""}],
        "allowed_networks": [
            {
                "message": "“10.0.0.1/8” has bits beyond its /8: did you mean 10.0.0.0/8?",
                "code": "invalid",
            },
            {
                "message": "“office” is neither an address nor a range such as 203.0.113.0/24.",
                "code": "invalid",
            },
        ],
        "rate_limit": [
            {
                "message": "Ensure this value is greater than or equal to 1.",
                "code": "min_value",
            }
        ],
        "expires_at": [
            {"message": "This has passed already. To end a key now, revoke it.", "code": ""}
        ],
    }
    with staff():
        assert not ApiKey.objects.exists()
    assert len(texts_in(browser.post(f"{KEYS}add/", form))) == 1


def test_new_key_form_with_id_of_another_form(
    browser: DjangoClient, staff: Staff, our_practice: Practice, partner: Partner
) -> None:
    form = new_key_form(browser, our_practice, partner)

    for wrong in ("", "short", "<script>", "é1234567", "123456789"):
        response = browser.post(f"{KEYS}add/", {**form, "key_id": wrong})
        assert texts_in(response) == []

    with staff():
        assert not ApiKey.objects.exists()


# --- A key that exists ---------------------------------------------------------------------------


def change_form(key: ApiKey, **changes: Any) -> dict[str, Any]:
    return {
        "name": key.name,
        "scopes": key.scopes,
        "allowed_networks": ", ".join(key.allowed_networks),
        "rate_limit": "",
        "expires_at_0": "",
        "expires_at_1": "",
        **changes,
    }


def test_key_can_be_changed_but_not_moved(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    client_for: Any,
) -> None:
    key = make_key(our_practice, ["Prospects"])
    client = client_for(key)
    form = change_form(
        key,
        scopes=["KB"],
        practice=other_practice.pk,
        partner=999,
        lookup_id="AAAAAAAA",
        digest="x",
    )

    response = browser.post(f"{KEYS}{key.pk}/change/", form)

    assert response.status_code == 302
    with staff():
        after = ApiKey.objects.get()
    assert after.scopes == ["KB"]
    assert (after.practice_id, after.partner_id) == (our_practice.pk, key.partner_id)
    assert (after.lookup_id, after.digest) == (key.lookup_id, key.digest)
    assert client.get("/prospects").status_code == 403


def test_key_can_never_be_deleted(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice)

    assert browser.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [key.pk], "post": "yes"}
    browser.post(KEYS, delete)

    with staff():
        assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("kind", ["practice", "partner"])
def test_practice_and_partner_can_never_be_deleted(
    browser: DjangoClient, our_practice: Practice, partner: Partner, kind: str
) -> None:
    row = {"practice": our_practice, "partner": partner}[kind]

    response = browser.post(f"/admin/partners/{kind}/{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403


def test_revoked_key_cannot_be_changed(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice, revoked_at=timezone.now())

    page = browser.get(f"{KEYS}{key.pk}/change/").content.decode()
    response = browser.post(f"{KEYS}{key.pk}/change/", change_form(key, name="again"))

    assert "Rotate</a>" not in page
    assert "Revoke</a>" not in page
    assert response.status_code == 403
    with staff():
        assert ApiKey.objects.get().name == key.name


def test_revoke_asks_first(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    client_for: Any,
) -> None:
    one, two, third = make_key(our_practice), make_key(other_practice), make_key(our_practice)
    client = client_for(one)
    chosen = {"action": "revoke_selected", "_selected_action": [one.pk, two.pk]}

    asked = browser.post(KEYS, chosen, follow=True)

    assert asked.status_code == 200
    assert one.lookup_id in asked.content.decode()
    assert client.get("/prospects").status_code == 200
    path, _, _ = asked.redirect_chain[0][0].partition("?")
    assert path == f"{KEYS}revoke/"

    done = browser.post(path, {"key": [one.pk, two.pk]}, follow=True)

    assert "Revoked:" in done.content.decode()
    assert client.get("/prospects").status_code == 401
    with staff():
        assert set(ApiKey.objects.exclude(revoked_at=None)) == {one, two}
        assert ApiKey.objects.get(revoked_at=None) == third
        assert {entry.change_message for entry in LogEntry.objects.all()} == {"Revoked."}


def test_rotate_shows_the_new_keys_once(
    browser: DjangoClient, staff: Staff, our_practice: Practice, other_practice: Any, make_key: Any
) -> None:
    one, two = make_key(our_practice), make_key(other_practice)
    over = make_key(our_practice, revoked_at=timezone.now())
    before = timezone.now()
    asked = browser.get(f"{KEYS}rotate/", {"key": [one.pk, two.pk, over.pk]})
    assert "1 of the selected are left out" in asked.content.decode()
    form = {"key": [one.pk, two.pk, over.pk], "overlap": "24"}

    shown = browser.post(f"{KEYS}rotate/", form)

    assert shown.headers["Cache-Control"].startswith("no-store")
    texts = texts_in(shown)
    assert len(texts) == 2
    assert {status_of_token("DemoOffice", text) for text in texts} == {200, 401}
    assert status_of_token("DemoOffice", one.text) == 200
    with staff():
        one.refresh_from_db()
        assert ApiKey.objects.count() == 5
        log = "".join(entry.change_message for entry in LogEntry.objects.all())
    assert abs(one.expires_at - before - datetime.timedelta(days=1)) < datetime.timedelta(minutes=1)
    assert not any(text in log for text in texts)

    again = browser.post(f"{KEYS}rotate/", form, follow=True)

    assert texts_in(again) == []
    assert "Only active keys can be rotated." in again.content.decode()
    with staff():
        assert ApiKey.objects.count() == 5


@pytest.mark.parametrize("overlap", ["", "-1", "999999", "x"])
def test_rotate_needs_an_overlap_of_ours(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any, overlap: str
) -> None:
    key = make_key(our_practice)

    response = browser.post(f"{KEYS}rotate/", {"key": [key.pk], "overlap": overlap})

    assert response.status_code == 200
    assert texts_in(response) == []
    with staff():
        assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("page", ["rotate", "revoke"])
@pytest.mark.parametrize("chosen", [[], ["0"], ["x"], ["٣"], ["9" * 30], ["-1"]])
def test_rotate_and_revoke_of_nothing(browser: DjangoClient, page: str, chosen: list[str]) -> None:
    response = browser.get(f"{KEYS}{page}/", {"key": chosen})

    assert response.status_code == 302
    assert response.headers["Location"] == KEYS


# --- Permissions ---------------------------------------------------------------------------------


def test_who_may_only_look(sign_in: Any, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice)
    browser = sign_in("view_apikey")

    page = browser.get(KEYS)
    assert page.status_code == 200
    assert "revoke_selected" not in page.content.decode()
    assert browser.get(f"{KEYS}{key.pk}/change/").status_code == 200
    assert browser.get(f"{KEYS}add/").status_code == 403
    assert browser.post(f"{KEYS}{key.pk}/change/", change_form(key)).status_code == 403
    for action in ("rotate", "revoke"):
        assert browser.get(f"{KEYS}{action}/", {"key": key.pk}).status_code == 403
        assert browser.post(f"{KEYS}{action}/", {"key": key.pk}).status_code == 403
    assert browser.get("/admin/partners/practice/").status_code == 403


def test_who_may_only_change(sign_in: Any, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice)
    browser = sign_in("view_apikey", "change_apikey")

    page = browser.get(KEYS).content.decode()
    assert "revoke_selected" in page
    assert "rotate_selected" not in page
    assert "Rotate</a>" not in browser.get(f"{KEYS}{key.pk}/change/").content.decode()
    assert browser.post(f"{KEYS}rotate/", {"key": key.pk, "overlap": "1"}).status_code == 403
    assert browser.get(f"{KEYS}revoke/", {"key": key.pk}).status_code == 200


def test_form_sent_twice_by_another_without_rights(
    sign_in: Any, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice)
    browser = sign_in("view_practice")

    assert browser.post(f"{KEYS}add/", {"key_id": key.lookup_id}).status_code == 403


def test_who_is_not_on_the_staff(staff: Staff) -> None:
    browser = DjangoClient()
    with staff():
        browser.force_login(User.objects.create_user("guest"), BACKEND)

    for path in (KEYS, f"{KEYS}add/", f"{KEYS}rotate/", f"{KEYS}revoke/"):
        response = browser.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")


def test_sign_in(staff: Staff) -> None:
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", "correct horse battery")
    browser = DjangoClient()

    refused = browser.post("/admin/login/", {"username": "kim", "password": "wrong"})
    assert refused.status_code == 200
    signed_in = browser.post(
        "/admin/login/?next=/admin/", {"username": "kim", "password": "correct horse battery"}
    )
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/admin/")
    assert "OfficePro" in browser.get("/admin/").content.decode()


def test_one_time_passwords_can_be_demanded(database: None) -> None:
    ask = "from django.contrib import admin; print(admin.site.login_form.__name__)"

    demanded = manage("shell", "--no-imports", "-c", ask, STAFF_ONE_TIME_PASSWORDS="1")

    assert (demanded.stdout, demanded.returncode) == ("OneTimePasswordForm\n", 0)


# --- Practices and partners ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ppass", "told"),
    [
        ("docs", "reserved word"),
        ("DEMOOFFICE", "There is a practice with this PPass already."),
        ("a b", "letters, digits"),
    ],
)
def test_new_practice_refused(
    browser: DjangoClient, our_practice: Practice, ppass: str, told: str
) -> None:
    form = {"ppass": ppass, "name": "X", "time_zone": "Europe/Berlin", "is_active": "on"}

    response = browser.post("/admin/partners/practice/add/", form)

    assert response.status_code == 200
    assert told in response.content.decode()


def test_practice_keeps_its_ppass(
    browser: DjangoClient, staff: Staff, our_practice: Practice
) -> None:
    form = {"ppass": "Other", "name": "New name", "time_zone": "Europe/Berlin", "is_sandbox": "on"}

    browser.post(f"/admin/partners/practice/{our_practice.pk}/change/", form)

    with staff():
        after = Practice.objects.get()
    assert (after.ppass, after.name, after.is_sandbox) == ("DemoOffice", "New name", False)
    assert (after.time_zone, after.is_active) == ("Europe/Berlin", False)


# --- Lists ---------------------------------------------------------------------------------------


def a_call(practice: Practice, key: ApiKey, **facts: Any) -> ApiCall:
    return ApiCall.objects.create(
        **{
            "at": timezone.now(),
            "method": "GET",
            "route": "v1/<ppass:ppass>/prospects",
            "path": f"/v1/{practice.ppass}/prospects",
            "status": 200,
            "duration_ms": 12.5,
            "key_id": key.pk,
            "partner_id": key.partner_id,
            "practice_id": practice.pk,
            "ip": "127.0.0.1",
            "request_id": "abc",
            "bytes_in": 0,
            "bytes_out": 100,
            **facts,
        }
    )


LISTS = {
    "partners/practice/": lambda make_key: PracticeFactory.create(),
    "partners/partner/": lambda make_key: PartnerFactory.create(),
    "partners/apikey/": lambda make_key: make_key(PracticeFactory.create()),
    "scheduling/provider/": lambda make_key: ProviderFactory.create(),
    "dashboard/apicall/": lambda make_key: a_call(
        (practice := PracticeFactory.create()), make_key(practice)
    ),
}


@pytest.mark.parametrize("path", LISTS)
def test_list_takes_the_same_queries_for_one_row_and_for_three(
    browser: DjangoClient, staff: Staff, make_key: Any, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/admin/{path}").status_code == 200
        return len(captured)

    def make_one() -> None:
        with staff():
            LISTS[path](make_key)

    make_one()
    with_one = queries()
    make_one()
    make_one()

    assert queries() == with_one


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcd"),
        ("status=active", "a"),
        ("status=expired", "b"),
        ("status=revoked", "c"),
        ("status=retiring", "d"),
        ("status=nonsense", "abcd"),
        ("ppass=demooffice", "ab"),
        ("ppass=OtherOffice&status=revoked", "c"),
        ("ppass=nowhere", ""),
        ("partner=Nobody", ""),
        ("q=key-b", "b"),
        ("q=OtherOffice", "cd"),
    ],
)
def test_list_of_keys_filtered(
    browser: DjangoClient,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    query: str,
    expected: str,
) -> None:
    now = timezone.now()
    active = make_key(our_practice, name="key-a")
    make_key(our_practice, name="key-b", expires_at=now - datetime.timedelta(days=1))
    make_key(other_practice, name="key-c", revoked_at=now)
    make_key(
        other_practice,
        name="key-d",
        expires_at=now + datetime.timedelta(days=1),
        replaced_by=active,
    )

    page = browser.get(f"{KEYS}?{query}")

    assert page.status_code == 200
    found = {key.name.removeprefix("key-") for key in page.context["cl"].result_list}
    assert found == set(expected)


def test_key_of_a_practice_that_is_off(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    make_key(our_practice)
    with staff():
        Practice.objects.update(is_active=False)

    page = browser.get(KEYS).content.decode()

    assert "its practice is off" in page


def test_autocomplete(
    browser: DjangoClient, our_practice: Practice, other_practice: Practice
) -> None:
    query = {
        "app_label": "partners",
        "model_name": "apikey",
        "field_name": "practice",
        "term": "demo",
    }

    found = browser.get("/admin/autocomplete/", query).json()

    assert found == {
        "results": [{"id": str(our_practice.pk), "text": "DemoOffice"}],
        "pagination": {"more": False},
    }


# --- The call log --------------------------------------------------------------------------------

CALLS = "/admin/dashboard/apicall/"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {200, 404, 429, 500}),
        ("class=4", {404, 429}),
        ("class=429", {429}),
        ("class=5", {500}),
        ("class=x", {200, 404, 429, 500}),
        ("since=hour", {200, 404, 429}),
        ("since=week", {200, 404, 429, 500}),
        ("ppass=OtherOffice", {404}),
        ("ppass=nowhere", set()),
        ("q=lost", {404}),
    ],
)
def test_calls_filtered(
    browser: DjangoClient,
    staff: Staff,
    our_practice: Practice,
    other_practice: Practice,
    make_key: Any,
    query: str,
    expected: set[int],
) -> None:
    key, other = make_key(our_practice), make_key(other_practice)
    with staff():
        a_call(our_practice, key)
        a_call(other_practice, other, status=404, request_id="lost")
        a_call(our_practice, key, status=429)
        long_ago = timezone.now() - datetime.timedelta(days=2)
        a_call(our_practice, key, status=500, at=long_ago)

    page = browser.get(f"{CALLS}?{query}")

    assert page.status_code == 200
    assert {call.status for call in page.context["cl"].result_list} == expected


def test_calls_show_names_and_never_count_all(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice, name="nightly")
    with staff():
        call = a_call(our_practice, key)
        a_call(our_practice, key, key_id=None, partner_id=None, practice_id=None, status=401)
        a_call(our_practice, key, key_id=999_999, partner_id=999_999, practice_id=999_999)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(CALLS).content.decode()

    for name in ("DemoOffice", str(key.partner), "nightly", "999999", "12.5 ms"):
        assert name in page
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT 10000" in sql for sql in counts)
    assert "nightly" in browser.get(f"{CALLS}{call.pk}/change/").content.decode()


def test_calls_are_only_read(
    browser: DjangoClient, staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    with staff():
        call = a_call(our_practice, make_key(our_practice))

    assert browser.get(f"{CALLS}add/").status_code == 403
    assert browser.post(f"{CALLS}{call.pk}/change/", {"status": 500}).status_code == 403
    assert browser.post(f"{CALLS}{call.pk}/delete/", {"post": "yes"}).status_code == 403
    with staff():
        assert ApiCall.objects.get(pk=call.pk).status == 200


# --- What the browser is allowed -----------------------------------------------------------------


def test_pages_need_nothing_that_the_policy_forbids(
    browser: DjangoClient, our_practice: Practice, partner: Partner, make_key: Any
) -> None:
    key = make_key(our_practice)
    paths = ["/admin/", KEYS, f"{KEYS}add/", f"{KEYS}{key.pk}/change/", CALLS]
    paths += [f"{KEYS}rotate/?key={key.pk}", f"{KEYS}revoke/?key={key.pk}"]
    pages = [browser.get(path) for path in paths]
    pages.append(browser.post(f"{KEYS}add/", new_key_form(browser, our_practice, partner)))

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)

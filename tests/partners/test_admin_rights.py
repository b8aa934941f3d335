"""Who may do what on the staff pages of keys, and what the browser is allowed there."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client as DjangoClient

from partners.models import Partner, Practice
from tests.partners.staff_keys import CALLS, KEYS, Staff, browser, change_form, new_key_form
from tests.process import manage
from tests.staff_pages import signed_in

__all__ = ["browser"]

BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_who_may_only_look(staff: Staff, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice)
    browser = signed_in(staff, "view_apikey", name="kim")

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


def test_who_may_only_change(staff: Staff, our_practice: Practice, make_key: Any) -> None:
    key = make_key(our_practice)
    browser = signed_in(staff, "view_apikey", "change_apikey", name="kim")

    page = browser.get(KEYS).content.decode()
    assert "revoke_selected" in page
    assert "rotate_selected" not in page
    assert "Rotate</a>" not in browser.get(f"{KEYS}{key.pk}/change/").content.decode()
    assert browser.post(f"{KEYS}rotate/", {"key": key.pk, "overlap": "1"}).status_code == 403
    assert browser.get(f"{KEYS}revoke/", {"key": key.pk}).status_code == 200


def test_form_sent_twice_by_another_without_rights(
    staff: Staff, our_practice: Practice, make_key: Any
) -> None:
    key = make_key(our_practice)
    browser = signed_in(staff, "view_practice", name="kim")

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

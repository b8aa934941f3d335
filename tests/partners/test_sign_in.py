"""Signing in, failing to, and being locked out are in the audit log."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.test import Client as DjangoClient
from django.test import RequestFactory
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from emrapi.one_time import OneTimePasswordForm
from tests.partners.conftest import PASSWORD

Staff = Callable[[], AbstractContextManager[None]]


def test_signing_in_and_out(kim: Any, noted: Any) -> None:
    browser = DjangoClient(REMOTE_ADDR="203.0.113.9", headers={"X-Request-Id": "request-2"})
    noted("id")

    browser.post("/admin/login/", {"username": "kim", "password": "wrong"})
    browser.post("/admin/login/", {"username": "kim", "password": PASSWORD})
    browser.post("/admin/logout/")

    assert noted("actor_id", "actor", "action", "ip", "request_id") == [
        (kim.pk, "kim", action, "203.0.113.9", "request-2")
        for action in ("sign_in_failed", "signed_in", "signed_out")
    ]


def test_name_that_nobody_has_is_not_kept(database: None, noted: Any) -> None:
    DjangoClient().post("/admin/login/", {"username": PASSWORD, "password": ""})
    DjangoClient().post("/admin/login/", {"username": PASSWORD, "password": "x"})

    assert noted("actor_id", "actor", "action", "detail") == [
        (None, "", "sign_in_failed", "a name that nobody has")
    ]


def test_locked_out(kim: Any, noted: Any) -> None:
    browser = DjangoClient()
    noted("id")

    for _ in range(6):
        answer = browser.post("/admin/login/", {"username": "kim", "password": "wrong"})

    assert answer.status_code == 429
    assert noted("actor", "action") == [
        *[("kim", "sign_in_failed")] * 5,
        ("kim", "locked_out"),
        ("kim", "sign_in_failed"),
        ("kim", "locked_out"),
    ]


def test_locked_out_at_one_address_behind_a_proxy(kim: Any, noted: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    here, there = ({"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}"} for n in (1, 2))
    noted("id")

    for _ in range(5):
        DjangoClient(**here).post("/admin/login/", {"username": "kim", "password": "wrong"})
    right = {"username": "kim", "password": PASSWORD}

    assert DjangoClient(**here).post("/admin/login/", right).status_code == 429
    assert DjangoClient(**there).post("/admin/login/", right).status_code == 302
    assert set(noted("action", "ip")) == {
        ("sign_in_failed", "198.51.100.1"),
        ("locked_out", "198.51.100.1"),
        ("signed_in", "198.51.100.2"),
    }


def test_better_digest_at_sign_in_is_no_new_password(staff: Staff, kim: Any, noted: Any) -> None:
    weak = PBKDF2PasswordHasher().encode(PASSWORD, "saltsaltsaltsaltsaltsalt", iterations=10)
    with staff():
        User.objects.filter(pk=kim.pk).update(password=weak)
    noted("id")

    DjangoClient().post("/admin/login/", {"username": "kim", "password": PASSWORD})

    with staff():
        assert User.objects.get(pk=kim.pk).password != weak
    assert noted("action") == ["signed_in"]


@pytest.mark.parametrize("tries", [1, 5])
def test_wrong_one_time_password(kim: User, staff: Staff, noted: Any, tries: int) -> None:
    with staff():
        device = TOTPDevice.objects.create(user=kim, name="phone")
    noted("id")

    def sign_in(token: str) -> bool:
        request = RequestFactory().post("/admin/login/", REMOTE_ADDR="203.0.113.9")
        data = {"username": "kim", "password": PASSWORD, "otp_token": token}
        data["otp_device"] = device.persistent_id
        with staff():
            return OneTimePasswordForm(request, data).is_valid()

    assert not sign_in("")
    assert noted("action") == []  # the page asks for it
    for _ in range(tries):
        assert not sign_in("abcdef")
    with staff():  # or it would keep us waiting
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)

    assert sign_in(f"{totp(device.bin_key):06}") is (tries < 5)
    failed = [("kim", "sign_in_failed", "203.0.113.9")]
    locked = [("kim", "locked_out", "203.0.113.9")]
    expected = failed if tries < 5 else [*failed * 5, *locked, *failed, *locked]
    assert noted("actor", "action", "ip") == expected

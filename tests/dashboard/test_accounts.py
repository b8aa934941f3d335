"""Accounts and groups of staff: nobody gives himself, or others, more than he may do."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.staff_groups import GROUPS as STAFF_GROUPS

Staff = Callable[[], AbstractContextManager[None]]
BACKEND = "django.contrib.auth.backends.ModelBackend"
USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
DEVICES = "/admin/otp_totp/totpdevice/"


@pytest.fixture
def account(staff: Staff) -> Callable[..., User]:
    """Somebody on the staff, in the groups that are named."""

    def make(name: str, *groups: str, **facts: Any) -> User:
        with staff():
            user = User.objects.create_user(name, password="secret", is_staff=True, **facts)
            user.groups.set(Group.objects.filter(name__in=groups))
        return user

    return make


@pytest.fixture
def boss(account: Any) -> User:
    """A superuser."""
    user: User = account("boss", is_superuser=True)
    return user


@pytest.fixture
def browser_of(staff: Staff) -> Callable[[User], Client]:
    """Their browser."""

    def sign_in(user: User) -> Client:
        browser = Client()
        with staff():
            browser.force_login(user, BACKEND)
        return browser

    return sign_in


@pytest.fixture
def kim(account: Any) -> User:
    """An administrator, not a superuser."""
    user: User = account("kim", "Administrator")
    return user


@pytest.fixture
def clerk(staff: Staff, account: Any) -> User:
    """Somebody who may change accounts and groups, and little else."""
    user: User = account("clerk", "Viewer")
    names = [f"{do}_{what}" for do in ("view", "add", "change") for what in ("user", "group")]
    names += ["view_totpdevice", "change_totpdevice", "delete_totpdevice", "add_totpdevice"]
    with staff():
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def form_of(user: User, **changed: Any) -> dict[str, Any]:
    """The page of an account as it would be sent."""
    form = {"username": user.username, "is_active": "on", "is_staff": "on"}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    return {name: value for name, value in {**form, **changed}.items() if value is not None}


def now_is(staff: Any, user: User) -> tuple[bool, set[str], int, str]:
    with staff():
        fresh = User.objects.get(pk=user.pk)
        groups = set(fresh.groups.values_list("name", flat=True))
        return fresh.is_superuser, groups, fresh.user_permissions.count(), fresh.password


def ids(staff: Any, *names: str) -> list[int]:
    with staff():
        return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


def test_administrator_makes_an_account(staff: Staff, kim: User, browser_of: Any) -> None:
    browser = browser_of(kim)
    new = {"username": "mia", "password1": "a-new-one-4711", "password2": "a-new-one-4711"}

    assert browser.post(f"{USERS}add/", {**new, "usable_password": "true"}).status_code == 302
    with staff():
        mia = User.objects.get(username="mia")
    assert now_is(staff, mia)[:3] == (False, set(), 0)
    changed = form_of(mia, groups=ids(staff, "Support", "Administrator"))
    assert browser.post(f"{USERS}{mia.pk}/change/", changed).status_code == 302
    assert now_is(staff, mia)[:3] == (False, {"Support", "Administrator"}, 0)


def test_nobody_makes_himself_a_superuser(staff: Staff, kim: User, browser_of: Any) -> None:
    with staff():
        every = list(Permission.objects.values_list("pk", flat=True))
    form = form_of(
        kim, is_superuser="on", user_permissions=every, groups=ids(staff, "Administrator")
    )

    assert browser_of(kim).post(f"{USERS}{kim.pk}/change/", form).status_code == 302

    assert now_is(staff, kim)[:3] == (False, {"Administrator"}, 0)


def test_superuser_gives_what_only_superusers_give(
    staff: Staff, boss: User, kim: User, browser_of: Any
) -> None:
    with staff():
        one = Permission.objects.get(codename="view_practice").pk
    form = form_of(kim, is_superuser="on", user_permissions=[one])

    assert browser_of(boss).post(f"{USERS}{kim.pk}/change/", form).status_code == 302

    assert now_is(staff, kim)[:3] == (True, set(), 1)


@pytest.mark.parametrize("page", ["change/", "password/"])
def test_superusers_account_is_only_to_look_at(
    staff: Staff, boss: User, kim: User, browser_of: Any, page: str
) -> None:
    before = now_is(staff, boss)
    form = form_of(boss, password1="a-new-one-4711", password2="a-new-one-4711")
    form |= {"usable_password": "true", "set-password": "1"}
    browser = browser_of(kim)

    shown = browser.get(f"{USERS}{boss.pk}/change/")

    assert shown.status_code == 200
    assert boss.password not in shown.content.decode()
    assert browser.post(f"{USERS}{boss.pk}/{page}", form).status_code == 403
    assert now_is(staff, boss) == before


@pytest.mark.parametrize("is_active", [True, False])
def test_account_that_can_do_more_is_only_to_look_at(
    staff: Staff, clerk: User, account: Any, browser_of: Any, is_active: bool
) -> None:
    keeper = account("keeper", "Key manager", is_active=is_active)
    peer = account("peer", "Viewer")
    browser = browser_of(clerk)

    for page in ("change/", "password/"):
        assert browser.post(f"{USERS}{keeper.pk}/{page}", form_of(keeper)).status_code == 403
        assert browser.get(f"{USERS}{peer.pk}/{page}").status_code == 200


def test_nobody_puts_anybody_in_a_group_that_can_do_more(
    staff: Staff, clerk: User, account: Any, browser_of: Any
) -> None:
    peer = account("peer")
    browser = browser_of(clerk)

    for user in (peer, clerk):
        higher = form_of(user, groups=ids(staff, "Viewer", "Key manager"))
        answer = browser.post(f"{USERS}{user.pk}/change/", higher)
        assert answer.status_code == 200
        assert "not one of the available choices" in answer.content.decode()
    fitting = form_of(peer, groups=ids(staff, "Viewer"))
    assert browser.post(f"{USERS}{peer.pk}/change/", fitting).status_code == 302

    assert now_is(staff, peer)[1] == now_is(staff, clerk)[1] == {"Viewer"}


def test_groups_get_no_more_than_one_may_do_oneself(
    staff: Staff, clerk: User, browser_of: Any
) -> None:
    browser = browser_of(clerk)
    with staff():
        own, other = (
            Permission.objects.get(codename=name).pk for name in ("view_practice", "add_apikey")
        )
        keys = Group.objects.get(name="Key manager")
        before = keys.permissions.count()

    assert browser.post(f"{GROUPS}add/", {"name": "A", "permissions": [own]}).status_code == 302
    assert browser.post(f"{GROUPS}add/", {"name": "B", "permissions": [other]}).status_code == 200
    answer = browser.post(f"{GROUPS}{keys.pk}/change/", {"name": "C", "permissions": [own]})
    assert answer.status_code == 403

    with staff():
        Group.objects.get(name="A").delete()
        assert set(Group.objects.values_list("name", flat=True)) == set(STAFF_GROUPS)
        assert keys.permissions.count() == before


def test_the_four_groups_stay(staff: Staff, boss: User, browser_of: Any) -> None:
    browser = browser_of(boss)
    (viewers,) = ids(staff, "Viewer")
    with staff():
        held = list(Group.objects.get(pk=viewers).permissions.values_list("pk", flat=True))

    assert browser.post(f"{GROUPS}{viewers}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": viewers, "post": "yes"}
    browser.post(GROUPS, chosen)
    browser.post(f"{GROUPS}{viewers}/change/", {"name": "Spectator", "permissions": held})

    with staff():
        assert Group.objects.get(pk=viewers).name == "Viewer"


def test_accounts_are_not_deleted(staff: Staff, boss: User, kim: User, browser_of: Any) -> None:
    browser = browser_of(boss)

    assert browser.post(f"{USERS}{kim.pk}/delete/", {"post": "yes"}).status_code == 403
    browser.post(USERS, {"action": "delete_selected", "_selected_action": kim.pk, "post": "yes"})

    with staff():
        assert User.objects.filter(pk=kim.pk).exists()


def test_device_of_whom_can_do_more(
    staff: Staff, boss: User, kim: User, clerk: User, browser_of: Any
) -> None:
    with staff():
        devices = [TOTPDevice.objects.create(user=user, name="phone") for user in (boss, kim)]
    form = {"name": "mine", "key": "ab" * 20, "step": 30, "t0": 0, "digits": 6, "tolerance": 1}
    form |= {"drift": 0, "confirmed": "on", "throttling_failure_count": 0}

    for who, device in ((kim, devices[0]), (clerk, devices[0]), (clerk, devices[1])):
        browser = browser_of(who)
        seen = [browser.get(f"{DEVICES}{device.pk}/{page}") for page in ("change/", "config/")]
        assert not [each for each in seen if device.key in each.content.decode()]
        assert all(each.status_code in {302, 403, 404} for each in seen)
        assert browser.post(f"{DEVICES}add/", {**form, "user": device.user_id}).status_code == 403

    assert str(devices[0]) not in browser_of(kim).get(DEVICES).content.decode()
    assert browser_of(boss).get(f"{DEVICES}{devices[0].pk}/change/").status_code == 200
    with staff():
        assert TOTPDevice.objects.count() == 2


def test_rights_are_ticked_in_words(staff: Staff, boss: User, browser_of: Any) -> None:
    page = browser_of(boss).get(f"{GROUPS}add/").content.decode()

    with staff():
        right = Permission.objects.get(codename="change_practice")
    assert re.search(
        rf'<input type="checkbox"[^>]* value="{right.pk}"[^>]*>\s*Access: change practice', page
    )


def test_device_needs_a_user_and_a_name(staff: Staff, boss: User, browser_of: Any) -> None:
    answer = browser_of(boss).post(
        f"{DEVICES}add/", {"user": boss.pk, "name": "phone", "confirmed": "on"}
    )

    assert answer.status_code == 302
    with staff():
        device = TOTPDevice.objects.get()
    assert len(device.bin_key) == 20
    shown = browser_of(boss).get(f"{DEVICES}{device.pk}/change/").content.decode()
    assert device.key not in shown
    assert f"{DEVICES}{device.pk}/config/" in shown


def test_sign_ins_stay_and_a_name_is_let_in_again(
    staff: Staff, boss: User, kim: User, browser_of: Any
) -> None:
    with staff():
        kim.set_password("correct horse")
        kim.save()
        log = AccessLog.objects.create(username="kim", ip_address="203.0.113.7")
    hers, right = Client(), {"username": "kim", "password": "correct horse"}
    for _ in range(5):
        hers.post("/admin/login/", right | {"password": "wrong"})
    assert hers.post("/admin/login/", right).status_code == 429
    with staff():
        attempt = AccessAttempt.objects.get()
    browser = browser_of(boss)

    assert "locked out" in browser.get("/admin/axes/accessattempt/").content.decode()
    kept = browser.post(f"/admin/axes/accesslog/{log.pk}/delete/", {"post": "yes"})
    freed = browser.post(f"/admin/axes/accessattempt/{attempt.pk}/delete/", {"post": "yes"})

    assert (kept.status_code, freed.status_code) == (403, 302)
    assert hers.post("/admin/login/", right)["Location"] == "/dashboard/"
    with staff():
        assert AccessLog.objects.filter(pk=log.pk).exists()


def test_password_is_changed_and_never_taken_away(
    staff: Staff, boss: User, kim: User, browser_of: Any
) -> None:
    browser, page = browser_of(boss), f"{USERS}{kim.pk}/password/"
    new = {"password1": "correct horse", "password2": "correct horse"}

    assert 'name="usable_password"' not in browser.get(page).content.decode()
    empty = browser.post(page, {"usable_password": "false", "unset-password": "1"})
    changed = browser.post(page, new | {"set-password": "1"})

    assert (empty.status_code, changed.status_code) == (200, 302)
    with staff():
        assert User.objects.get(pk=kim.pk).check_password("correct horse")

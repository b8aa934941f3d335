"""Webhooks in the admin: tested, sent again, replayed, switched off and on, each by who may."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.staff_pages import signed_in
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import due, now_is, publish
from tests.webhooks.staff_rows import DELIVERIES, SUBSCRIPTIONS, boss, row, text_of
from webhooks import secrets, subscribing
from webhooks.models import Delivery

__all__ = ["boss", "reachable", "receiver", "row"]


def rows_of(page):
    return re.findall(r'<th class="field-(?:id|title|practice)[^>]*>(.*?)</th>', page, re.DOTALL)


def test_test_is_sent_and_its_delivery_shown(boss, row, receiver):
    receiver.answers(418, b"<script>alert(1)</script>")

    answer = boss.post(f"{SUBSCRIPTIONS}test/", {"id": row.pk}, follow=True)

    assert len(receiver.requests) == 1
    page = text_of(answer)
    assert re.search(r"/webhooks/delivery/\d+/change/$", answer.redirect_chain[-1][0])
    assert "A test was sent, as delivery " in page
    assert "418" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_test_takes_a_post(boss, row, receiver):
    boss.get(f"{SUBSCRIPTIONS}test/?id={row.pk}")

    assert receiver.requests == []


def test_one_delivery_is_sent_again_at_once(boss, row, receiver):
    (source,) = due(row, 7, status="failed")
    asked = text_of(boss.get(f"{DELIVERIES}retry/?id={source.pk}"))

    answer = boss.post(f"{DELIVERIES}retry/", {"id": source.pk}, follow=True)

    assert f"Send delivery {source.pk} again?" in asked
    assert [r.headers["webhook-id"] for r in receiver.requests] == ["evt_7"]
    assert "badge-good" in text_of(answer)
    assert now_is(source).status == "failed"


def test_many_deliveries_are_left_to_the_sender(boss, row, receiver, staff):
    made = due(row, 1, 2, 3, status="failed")
    action = {"action": "retry_selected", "_selected_action": [each.pk for each in made]}
    asked = boss.post(DELIVERIES, action, follow=True)
    assert "Send 3 deliveries again?" in text_of(asked)

    answer = boss.post(f"{DELIVERIES}retry/", {"id": [each.pk for each in made]}, follow=True)

    assert "3 new deliveries are on their way; reload to see." in text_of(answer)
    with staff():
        new = list(Delivery.objects.filter(origin="retry").order_by("id"))
    assert [each.source_delivery_id for each in new] == [each.pk for each in made]
    assert all(each.next_attempt_at <= timezone.now() for each in new)
    assert rows_of(text_of(answer))[0].find(str(new[-1].pk)) >= 0
    assert receiver.requests == []


def test_nothing_is_sent_again_to_a_disabled_one(boss, row, receiver, staff):
    (source,) = due(row, 7, status="failed")
    with staff():
        subscribing.disable(subscription=row, now=timezone.now())

    answer = boss.post(f"{DELIVERIES}retry/", {"id": source.pk}, follow=True)

    assert "Only to active subscriptions anything is sent." in text_of(answer)
    assert receiver.requests == []
    assert "Send again" not in text_of(boss.get(f"{DELIVERIES}{source.pk}/change/"))


def test_disable_and_enable_ask_first(boss, row):
    path = f"{SUBSCRIPTIONS}disable/"
    asked = text_of(boss.get(f"{path}?id={row.pk}"))
    assert f"Disable {row.partner} at DemoOffice?" in asked
    assert now_is(row).status == "active"

    boss.post(path, {"id": row.pk})
    disabled = now_is(row)
    boss.post(f"{SUBSCRIPTIONS}enable/", {"id": row.pk})
    enabled = now_is(row)

    assert (disabled.status, disabled.disabled_reason) == ("disabled", "staff")
    assert (enabled.status, enabled.disabled_reason, enabled.disabled_at) == ("active", "", None)


def test_rotated_secret_is_shown_once(boss, row):
    path = f"{SUBSCRIPTIONS}rotate/"
    assert "whsec_" not in text_of(boss.get(f"{path}?id={row.pk}"))

    answer = boss.post(path, {"id": row.pk})

    after = now_is(row)
    secret = re.search(r"<code>(whsec_[^<]+)</code>", text_of(answer))[1]
    assert answer["Cache-Control"].startswith("no-store")
    assert secrets.open(after.secret) == secret
    assert secrets.open(after.previous_secret) == row.plain_secret
    assert "whsec_" not in text_of(boss.get(f"{SUBSCRIPTIONS}{row.pk}/change/"))


def test_replay_counts_first(boss, row, our_practice, other_practice, staff):
    for practice in (our_practice, other_practice):
        happen(practice, 1, 2)
    publish()
    with staff():
        Delivery.objects.all().delete()
    path = f"{SUBSCRIPTIONS}replay/"
    asked = {
        "id": row.pk,
        "since": f"{timezone.now() - datetime.timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }

    counted = boss.post(path, asked)
    with staff():
        assert not Delivery.objects.exists()
    done = boss.post(path, {**asked, "really": "Replay"}, follow=True)

    assert "<strong>2</strong> deliveries would be made" in text_of(counted)
    assert "2 deliveries are on their way; reload to see." in text_of(done)
    with staff():
        made = list(Delivery.objects.values_list("practice_id", "subscription_id", "origin"))
    assert made == [(our_practice.pk, row.pk, "replay")] * 2


@pytest.mark.parametrize(
    ("since", "until", "fault"),
    [
        ("", "", "This field is required."),
        ("2026-01-02T00:00", "2026-01-01T00:00", "It must be after the beginning."),
        ("2026-01-01T00:00", "2026-03-01T00:00", "At most 31 days at once."),
        ("yesterday", "", "Enter a valid date/time."),
    ],
)
def test_replay_of_no_time_is_refused(boss, row, since, until, fault):
    asked = {"id": row.pk, "since": since, "until": until, "really": "Replay"}

    assert fault in text_of(boss.post(f"{SUBSCRIPTIONS}replay/", asked))


@pytest.mark.parametrize("page", ["test", "rotate", "enable", "disable", "replay"])
def test_who_may_only_look_changes_nothing(staff, row, receiver, page):
    clerk = signed_in(
        staff, "view_subscription", "view_delivery", "webhooks.view_logentry", name="lee"
    )
    (delivery,) = due(row, 1)

    answers = [
        clerk.get(f"{SUBSCRIPTIONS}{page}/?id={row.pk}"),
        clerk.post(f"{SUBSCRIPTIONS}{page}/", {"id": row.pk}),
        clerk.post(f"{DELIVERIES}retry/", {"id": delivery.pk}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert clerk.get(SUBSCRIPTIONS).status_code == 200
    assert "Rotate" not in text_of(clerk.get(f"{SUBSCRIPTIONS}{row.pk}/change/"))
    assert receiver.requests == []
    assert now_is(row).secret == row.secret


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("change_delivery", {"test", "replay", "retry"}),
        ("change_subscription", {"rotate", "disable"}),
    ],
)
def test_sending_and_switching_are_two_rights(staff, row, permission, may):
    clerk = signed_in(staff, "view_subscription", "view_delivery", permission, name="lee")
    (delivery,) = due(row, 1)
    pages = {f"{SUBSCRIPTIONS}{page}/": page for page in ("test", "replay", "rotate", "disable")}
    pages[f"{DELIVERIES}retry/"] = "retry"

    numbers = {"retry": delivery.pk}
    allowed = {
        name
        for page, name in pages.items()
        if clerk.get(page, {"id": numbers.get(name, row.pk)}).status_code != 403
    }
    shown = clerk.get(f"{SUBSCRIPTIONS}{row.pk}/change/").content.decode()
    shown += clerk.get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()

    assert allowed == may
    assert {name for page, name in pages.items() if page in shown} == may


def test_pages_need_a_sign_in(row):
    for page in ("test", "rotate", "enable", "disable", "replay"):
        assert Client().post(f"{SUBSCRIPTIONS}{page}/", {"id": row.pk}).status_code == 302
    assert now_is(row).status == "active"


def test_whoever_came_from_the_dashboard_gets_back_there(boss, row, receiver):
    (one,) = due(row, 4)
    there = f"/dashboard/webhooks/{row.pk}/"
    hour = timezone.now() - datetime.timedelta(hours=1)

    def sent(page, **form):
        answer = boss.post(f"{page}?next={there}", form)
        return answer.status_code, answer.headers.get("Location")

    assert sent(f"{SUBSCRIPTIONS}test/", id=row.pk) == (302, there)
    assert sent(f"{DELIVERIES}retry/", id=one.pk) == (302, there)
    replayed = {"since": f"{hour:%Y-%m-%dT%H:%M}", "really": "Replay"}
    assert sent(f"{SUBSCRIPTIONS}replay/", id=row.pk, **replayed) == (302, there)
    assert sent(f"{SUBSCRIPTIONS}disable/", id=row.pk) == (302, there)
    assert sent(f"{SUBSCRIPTIONS}enable/", id=row.pk) == (302, there)
    for page in ("rotate", "replay", "disable"):
        asked = text_of(boss.get(f"{SUBSCRIPTIONS}{page}/", {"id": row.pk, "next": there}))
        assert f'<a href="{there}" class="closelink">Cancel</a>' in asked
    shown = text_of(boss.post(f"{SUBSCRIPTIONS}rotate/?next={there}", {"id": row.pk}))
    assert f'<a href="{there}">I have kept it; go back</a>' in shown
    assert (
        boss.post(f"{SUBSCRIPTIONS}disable/?next=https://evil.example/", {"id": row.pk})["Location"]
        == SUBSCRIPTIONS
    )

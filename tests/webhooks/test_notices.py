"""Letters about a disabled subscription: to the partner and to staff, and never in the way."""

import datetime
import logging
import smtplib
import threading
import time

import pytest
from django.core import mail
from django.utils import timezone

from partners import tenancy
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import notices, subscribing
from webhooks.delivery import deliver_now
from webhooks.outcomes import Disabled


@pytest.fixture
def written(settings):
    """The letters, once all of them have been sent."""
    settings.STAFF_ALERT_EMAILS = ["ops@example.com", "desk@example.com"]

    def written():
        for thread in threading.enumerate():
            if thread.name == "letters":
                thread.join(10)
        return sorted((letter.to[0], letter.subject) for letter in mail.outbox)

    return written


def disabled(**changes):
    facts = {
        "subscription_id": 1,
        "reason": "failing",
        "hook_url": "https://partner.example.com/hook",
        "practice": "DemoOffice",
        "partner": "Acme",
        "email": "dev@acme.example.com",
    }
    return Disabled(**{**facts, **changes})


SUBJECT = "Webhooks for DemoOffice are disabled"


@pytest.mark.parametrize(
    ("facts", "address"),
    [
        ({"email": "office@acme.example.com"}, "office@acme.example.com"),
        (
            {"email": "office@acme.example.com", "alert_email": "alarm@acme.example.com"},
            "alarm@acme.example.com",
        ),
        ({}, None),
    ],
)
def test_five_days_of_failing_are_told_once(
    receiver, our_practice, partner, written, facts, address
):
    change(partner, **facts)
    subscription = subscribe(
        our_practice,
        partner,
        receiver.url,
        failures=9,
        failing_since=timezone.now() - datetime.timedelta(days=5, minutes=1),
    )
    receiver.answers(500)
    first, second = due(subscription, 1, 2)

    deliver_now(first.pk)
    deliver_now(second.pk)

    assert now_is(subscription).disabled_reason == "failing"
    addresses = {address, "desk@example.com", "ops@example.com"} - {None}
    assert written() == [(each, SUBJECT) for each in sorted(addresses)]


def test_410_is_told(receiver, our_practice, partner, written):
    receiver.answers(410)
    (delivery,) = due(subscribe(our_practice, partner, receiver.url), 1)

    deliver_now(delivery.pk)

    assert len(written()) == 2
    assert "answered 410 Gone" in mail.outbox[0].body


def test_letter_says_what_why_and_what_to_do(written):
    notices.tell([disabled()])

    written()
    letter = next(each for each in mail.outbox if each.to == ["dev@acme.example.com"])
    assert letter.body == (
        "We have stopped sending events of DemoOffice to Acme at\n\n"
        "    https://partner.example.com/hook\n\n"
        "Nothing has got through to it for five days.\n\n"
        "Events are kept. To start again, mend the receiver and sign up again with\n"
        "POST /v1/webhooks/signup; what is waiting is then sent, and the rest can be pulled from\n"
        "GET /v1/webhooks/events.\n"
    )


def test_name_of_a_partner_adds_no_header(written):
    notices.tell([disabled(partner="Acme\nBcc: all@example.com", practice="DemoOffice")])

    written()
    for letter in mail.outbox:
        assert "Bcc" not in letter.message()


def test_disabling_is_a_line_of_the_log(written, caplog):
    with caplog.at_level(logging.WARNING):
        notices.tell([disabled()])

    assert "webhook_subscription_disabled" in caplog.text
    assert "DemoOffice" in caplog.text


def test_nobody_waits_for_slow_mail(written, monkeypatch):
    held = threading.Event()
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda _: held.wait(10))

    begun = time.monotonic()
    notices.tell([disabled()])
    took = time.monotonic() - begun

    held.set()
    written()
    assert took < 1


@pytest.mark.parametrize(
    "fault", [OSError("no route"), smtplib.SMTPRecipientsRefused({}), TimeoutError()]
)
def test_one_letter_that_fails_keeps_back_no_other(written, monkeypatch, caplog, fault):
    tried = []

    def send(letter):
        tried.append(letter.to[0])
        raise fault

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    with caplog.at_level(logging.ERROR):
        notices.tell([disabled()])
        written()

    assert tried == ["dev@acme.example.com", "ops@example.com", "desk@example.com"]
    assert caplog.text.count("letter_not_sent") == 3


def test_enabled_again_it_gets_what_has_waited(receiver, our_practice, partner, written):
    subscription = subscribe(our_practice, partner, receiver.url)
    receiver.answers(410)
    first, second = due(subscription, 1, 2)
    deliver_now(first.pk)
    receiver.answers(200)

    with tenancy.acting_as(tenancy.STAFF):
        subscribing.enable(now_is(subscription))
    deliver_now(second.pk)

    row = now_is(subscription)
    assert (row.status, row.disabled_reason, row.failures, row.failing_since) == (
        "active", "", 0, None,
    )  # fmt: skip
    assert now_is(second).status == "delivered"
    written()

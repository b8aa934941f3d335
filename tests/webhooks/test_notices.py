"""Letters about a disabled subscription: to the partner and to staff, and never in the way."""

import datetime
import logging
import smtplib
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from partners import tenancy
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import notices, subscribing
from webhooks.delivery import deliver_now
from webhooks.tasks import send_letters


@pytest.fixture
def written(settings):
    """Send what is due, and show to whom it went."""
    settings.STAFF_ALERT_EMAILS = ["ops@example.com", "desk@example.com"]

    def written():
        send_letters()
        return [(letter.to, letter.bcc, letter.subject) for letter in mail.outbox]

    return written


@pytest.fixture
def disabled(receiver, our_practice, partner):
    """A subscription that a 410 has just disabled."""
    receiver.answers(410)
    subscription = subscribe(our_practice, partner, receiver.url)
    (delivery,) = due(subscription, 1)
    deliver_now(delivery.pk)
    return subscription


# How letters leave in tests.
SEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"
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
    letter = ([address] if address else [], ["ops@example.com", "desk@example.com"], SUBJECT)
    assert written() == [letter]
    assert written() == [letter]


def test_letter_says_what_why_and_what_to_do(disabled, partner, written):
    change(partner, email="dev@acme.example.com")

    written()
    assert mail.outbox[0].body == (
        f"We have stopped sending events of DemoOffice to {partner.name} at\n\n"
        f"    {disabled.hook_url}\n\n"
        "The receiver answered 410 Gone, which asks us to send nothing more.\n\n"
        "Events are kept. To start again, mend the receiver and sign up again with\n"
        "POST /v1/webhooks/signup; what is waiting is then sent, and the rest can be pulled from\n"
        "GET /v1/webhooks/events.\n"
    )


def test_name_of_a_partner_adds_no_header(disabled, partner, written):
    change(partner, name="Acme\nBcc: all@example.com", email="dev@acme.example.com")

    written()
    (letter,) = mail.outbox
    assert "all@example.com" not in str(letter.message()).partition("\n\n")[0]
    assert letter.recipients() == ["dev@acme.example.com", "ops@example.com", "desk@example.com"]


def test_disabling_is_a_line_of_the_log(receiver, our_practice, partner, caplog):
    receiver.answers(410)
    (delivery,) = due(subscribe(our_practice, partner, receiver.url), 1)

    with caplog.at_level(logging.WARNING):
        deliver_now(delivery.pk)

    assert "webhook_subscription_disabled" in caplog.text
    assert "DemoOffice" in caplog.text


@pytest.mark.parametrize(
    "fault", [OSError("no route"), smtplib.SMTPRecipientsRefused({}), TimeoutError()]
)
def test_letter_that_fails_is_sent_later(disabled, written, monkeypatch, caplog, fault):
    def send(*_):
        raise fault

    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(SEND, send)
        written()
    assert "letter_not_sent" in caplog.text

    now = timezone.now()
    counts = [notices.send_due(now + datetime.timedelta(minutes=m)) for m in (9, 11, 30)]
    assert counts == [0, 1, 0]


def test_letter_is_given_up_after_a_day(disabled, monkeypatch):
    def send(*_):
        raise OSError("no route")

    monkeypatch.setattr(SEND, send)
    notices.send_due(timezone.now() + datetime.timedelta(hours=25))

    assert now_is(disabled).letter_due_at is None


def test_letter_outlives_who_was_to_write_it(disabled, monkeypatch):
    """Between taking it and handing it over."""

    def die(*_):
        raise SystemExit

    change(disabled.partner, email="dev@acme.example.com")
    with monkeypatch.context() as broken:
        broken.setattr(SEND, die)
        with pytest.raises(SystemExit):
            notices.send_due(timezone.now())

    assert notices.send_due(timezone.now() + datetime.timedelta(minutes=11)) == 1
    assert [letter.to for letter in mail.outbox] == [["dev@acme.example.com"]]


def test_two_writers_write_one_letter(disabled, written):
    gate = threading.Barrier(2)

    def write():
        gate.wait()
        send_letters()
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()

    assert len(mail.outbox) == 1


def test_nobody_hears_of_one_that_works_again(disabled, written):
    with tenancy.acting_as(tenancy.STAFF):
        subscribing.enable(now_is(disabled))

    assert written() == []


def test_enabled_again_it_gets_what_has_waited(receiver, our_practice, partner):
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

"""`replay_webhooks`, `set_dispatch_cursor` and `dispatch_webhooks`, as operators run them."""

import datetime
import json
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partners import tenancy
from partners.scopes import EventScope
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.process import PROJECT, environment, manage
from tests.webhooks.factories import happen
from tests.webhooks.rows import change, subscribe
from webhooks import dispatch
from webhooks.models import Delivery, DispatchState, LogEntry

LOOPBACK = {"WEBHOOKS_ALLOW_HTTP": "true", "WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}


@pytest.fixture
def subscription(our_practice, partner, make_key, receiver):
    """The partner's subscription to the patients of our practice."""
    make_key(our_practice)
    return subscribe(our_practice, partner, receiver.url, scopes=["Patients", "Claims"])


@pytest.fixture
def theirs(other_practice, receiver):
    """Another partner's subscription at the other practice."""
    key = ApiKeyFactory.create(practice=other_practice, partner=PartnerFactory.create(name="Other"))
    return subscribe(other_practice, key.partner, receiver.url)


@pytest.fixture
def run(staff):
    """Run a command in this process, and read its JSON; `text=True` for what it shows to eyes."""

    def run(*arguments, text=False):
        out = StringIO()
        with staff():
            call_command(*map(str, arguments), *([] if text else ["--json"]), stdout=out)
        return out.getvalue().strip() if text else json.loads(out.getvalue())

    return run


def publish():
    with tenancy.acting_as(tenancy.SENDER):
        while dispatch.publish():
            pass


def delivered():
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.update(status="delivered")


def made(origin):
    with tenancy.acting_as(tenancy.STAFF):
        rows = Delivery.objects.filter(origin=origin).order_by("id")
        return list(rows.values_list("subscription_id", "log_id"))


def cursor_of(practice):
    with tenancy.acting_as(tenancy.STAFF):
        return DispatchState.objects.values_list("last_log_id", "is_behind").get(practice=practice)


# --- replay_webhooks -----------------------------------------------------------------------------


def test_replay_reaches_every_active_subscription(
    run, subscription, theirs, our_practice, other_practice
):
    happen(our_practice, 1, 2)
    happen(other_practice, 3)
    publish()
    delivered()

    told = run("replay_webhooks", "--since", "1h")

    assert (told["deliveries"], told["written"]) == (3, True)
    assert told["subscriptions"] == [
        {
            "subscription": each.pk,
            "ppass": each.practice.ppass,
            "partner": each.partner.name,
            "deliveries": count,
        }
        for each, count in ((subscription, 2), (theirs, 1))
    ]
    assert made("replay") == [(subscription.pk, 1), (subscription.pk, 2), (theirs.pk, 3)]


@pytest.mark.parametrize("dry", [False, True])
def test_replay_is_narrowed_and_can_be_tried(
    run, subscription, theirs, our_practice, other_practice, dry
):
    happen(our_practice, 1)
    happen(our_practice, 2, scope=EventScope.CLAIMS, event="claim.paid")
    happen(other_practice, 3)
    publish()
    delivered()
    options = ["--dry-run"] if dry else []

    told = run(
        "replay_webhooks", "--since", "1h", "--practice", "demooffice", "--scope", "claims",
        "--subscription", subscription.pk, *options,
    )  # fmt: skip

    assert (told["deliveries"], told["written"]) == (1, not dry)
    assert made("replay") == ([] if dry else [(subscription.pk, 2)])


def test_replay_takes_dates_whole(run, subscription, our_practice):
    happen(our_practice, 1, 2, 3, 4)
    publish()
    delivered()
    days = ["2026-10-30T23:59:59Z", "2026-10-31T00:00:00Z", "2026-11-01T23:59:59Z", "2026-11-02"]
    with tenancy.acting_as(tenancy.STAFF):
        for log_id, day in enumerate(days, 1):
            at = datetime.datetime.fromisoformat(day)
            LogEntry.objects.filter(log_id=log_id).update(
                created_at=at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
            )

    told = run("replay_webhooks", "--since", "2026-10-31", "--until", "2026-11-01")

    assert (told["since"], told["until"]) == ("2026-10-31T00:00:00Z", "2026-11-02T00:00:00Z")
    assert made("replay") == [(subscription.pk, 2), (subscription.pk, 3)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--since", "yesterday"], "is no date such as 2027-01-31"),
        (["--since", "2026-02-30"], "is no date such as 2027-01-31"),
        (["--since", "2026-02-03T10:00"], "has no time zone"),
        (["--since", "1h", "--until", "2h"], "--until must be later than --since"),
        (["--since", "1h", "--scope", "Claim"], "did you mean Claims"),
        (["--since", "1h", "--scope", ","], "name at least one of Patients"),
        (["--since", "1h", "--practice", "DemoOfice"], "Did you mean DemoOffice"),
        (["--since", "1h", "--subscription", "999999"], "There is no subscription 999999"),
        (["--since", "1h", "--subscription", "seven"], "is not a whole number"),
        ([], "--since"),
    ],
)
def test_replay_says_what_it_does_not_understand(run, subscription, arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("replay_webhooks", *arguments)


def test_replay_of_a_disabled_subscription_says_so(run, subscription):
    change(subscription, status="disabled")

    with pytest.raises(CommandError, match=f"Subscription {subscription.pk} is disabled"):
        run("replay_webhooks", "--since", "1h", "--subscription", subscription.pk)
    assert run("replay_webhooks", "--since", "1h")["subscriptions"] == []


def test_replay_is_readable(run, subscription, theirs, our_practice):
    happen(our_practice, 1)
    publish()
    delivered()

    tried = run("replay_webhooks", "--since", "1h", "--dry-run", text=True)
    done = run("replay_webhooks", "--since", "1h", text=True)

    line = f"  {subscription.pk:>6}  DemoOffice, {subscription.partner.name}: 1"
    assert tried == f"1 deliveries would be made.\n{line}"
    assert done == f"1 new deliveries.\n{line}"


# --- set_dispatch_cursor -------------------------------------------------------------------------


def test_cursor_goes_back_and_what_was_missed_is_handed_out(
    run, subscription, theirs, our_practice, other_practice
):
    happen(our_practice, 1, 2, 3)
    happen(other_practice, 4)
    publish()
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.filter(log_id=2).delete()

    told = run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 1)

    assert told == {
        "ppass": "DemoOffice",
        "before": 3,
        "after": 1,
        "events": 2,
        "skipped": False,
        "written": True,
    }
    assert cursor_of(our_practice) == (1, True)
    publish()
    assert cursor_of(our_practice) == (3, False)
    assert cursor_of(other_practice) == (4, False)
    assert sorted(made("dispatch")) == [
        (subscription.pk, 1),
        (subscription.pk, 2),
        (subscription.pk, 3),
        (theirs.pk, 4),
    ]


def test_cursor_can_be_tried(run, subscription, our_practice):
    happen(our_practice, 1, 2)
    publish()

    said = run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 0, "--dry-run", text=True)

    assert said == (
        "DemoOffice: from 2 to 0; 2 events are gone through again.\nNothing was written: a dry run."
    )
    assert cursor_of(our_practice) == (2, False)


def test_cursor_leaves_events_out_only_if_told_to(run, subscription, our_practice):
    happen(our_practice, 1, 2, 3)
    publish()
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.all().delete()
    run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 0)

    with pytest.raises(CommandError, match=r"2 events of DemoOffice up to 2 .* add --skip"):
        run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 2)
    assert cursor_of(our_practice) == (0, True)

    assert run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 2, "--skip")["skipped"]
    publish()
    assert made("dispatch") == [(subscription.pk, 3)]
    assert cursor_of(our_practice) == (3, False)


def test_cursor_does_not_go_beyond_the_log(run, subscription, our_practice):
    happen(our_practice, 1, 2)
    publish()

    with pytest.raises(CommandError, match="The highest number given so far is 2"):
        run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 3, "--skip")


def test_cursor_of_a_practice_without_events_changes_nothing(run, our_practice):
    told = run("set_dispatch_cursor", "--practice", "DemoOffice", "--to", 0)

    assert (told["before"], told["after"], told["events"]) == (0, 0, 0)


# --- dispatch_webhooks ---------------------------------------------------------------------------


def test_dispatch_once_hands_out_and_sends_what_there_is(
    subscription, theirs, our_practice, other_practice, receiver
):
    happen(our_practice, 1, 2)
    happen(other_practice, 3)

    first = manage("dispatch_webhooks", "--once", "--json", **LOOPBACK)
    second = manage("dispatch_webhooks", "--once", **LOOPBACK)

    assert (first.returncode, first.stderr) == (0, "")
    assert json.loads(first.stdout) == {"attempts": 3}
    assert second.stdout == "0 attempts made.\n"
    assert sorted(json.loads(each.body)["data"]["PatientID"] for each in receiver.requests) == [
        1,
        2,
        3,
    ]


def test_dispatch_goes_on_until_it_is_interrupted(subscription, our_practice, receiver):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "dispatch_webhooks", "--json"],
        cwd=PROJECT,
        env=environment(**LOOPBACK),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for number in (1, 2):
            happen(our_practice, number)
            deadline = time.monotonic() + 60
            while len(receiver.requests) < number:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert json.loads(out) == {"attempts": 2}


def test_dispatch_says_so_when_the_database_is_away(database):
    done = manage(
        "dispatch_webhooks", "--once", database_url="postgresql://nobody@127.0.0.1:1/nowhere"
    )

    assert done.returncode == 1
    assert done.stderr.startswith("dispatch_webhooks: The database does not answer")


def test_sender_that_freezes_while_it_hands_out_is_ended_by_the_database(database):
    done = manage(
        "shell", "--no-imports", "-c",
        "from django.db import connection as c;"
        "print(c.cursor().execute('SELECT current_user, current_setting(%s)',"
        " ['idle_in_transaction_session_timeout']).fetchone())",
        DATABASE_ROLE="emr_sender",
    )  # fmt: skip

    assert done.stdout == "('emr_sender', '20s')\n"

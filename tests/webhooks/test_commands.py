"""Operators' commands that replay events and set a practice back."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partners import tenancy
from partners.scopes import EventScope
from tests.webhooks.factories import happen
from tests.webhooks.operators import made, subscription, theirs
from tests.webhooks.rows import change, publish
from webhooks.models import Delivery, DispatchState, LogEntry

__all__ = ["subscription", "theirs"]


@pytest.fixture
def run(staff):
    """Run a command in this process, and read its JSON; `text=True` for what it shows to eyes."""

    def run(*arguments, text=False):
        out = StringIO()
        with staff():
            call_command(*map(str, arguments), *([] if text else ["--json"]), stdout=out)
        return out.getvalue().strip() if text else json.loads(out.getvalue())

    return run


def delivered():
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.update(status="delivered")


def cursor_of(practice):
    with tenancy.acting_as(tenancy.STAFF):
        return DispatchState.objects.values_list("last_log_id", "is_behind").get(practice=practice)


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

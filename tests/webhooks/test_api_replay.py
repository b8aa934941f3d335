"""A replay by the API: what was missed, to the caller alone."""

import datetime

import pytest
from django.utils import timezone

from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.factories import happen
from tests.webhooks.rows import publish
from tests.webhooks.signing_up import DELIVERIES, REPLAY, subscribe

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


@pytest.fixture
def past(clients, our_practice, other_practice, receiver):
    """Two events in either practice, which nobody was told of."""
    for practice in (our_practice, other_practice):
        happen(practice, 1, 2)
    publish()
    for client in clients:
        subscribe(client, receiver, ["Patients", "Claims"])
    return {"since": (timezone.now() - datetime.timedelta(hours=1)).isoformat()}


@pytest.mark.parametrize("which", [0, 1, 2])
def test_replay_sends_what_was_missed_to_the_caller_alone(clients, past, which):
    client = clients[which]

    dry = client.post(f"{REPLAY}?dryRun=true", past)
    assert client.get(DELIVERIES).json()["total"] == 0
    done = client.post(REPLAY, past)

    assert (dry.status_code, done.status_code) == (200, 200)
    assert dry.json()["message"] == "Nothing was sent: this was a dry run"
    assert done.json()["message"] == "Webhook events replayed successfully"
    for answer in (dry, done):
        data = answer.json()["data"]
        assert list(data) == ["since", "until", "scopes", "deliveries"]
        assert (data["scopes"], data["deliveries"]) == (["Patients", "Claims"], 2)
    totals = [each.get(DELIVERIES).json()["total"] for each in clients]
    assert totals == [2 if n == which else 0 for n in range(3)]
    assert {each["origin"] for each in client.get(DELIVERIES).json()["data"]} == {"replay"}


def test_replay_leaves_out_what_is_on_its_way(ours, past):
    ours.post(REPLAY, past)

    assert ours.post(REPLAY, past).json()["data"]["deliveries"] == 0


def test_replay_of_some_scopes(ours, past):
    assert ours.post(REPLAY, {**past, "scopes": ["Claims"]}).json()["data"]["deliveries"] == 0
    assert ours.post(REPLAY, {**past, "scopes": ["Patients"]}).json()["data"]["deliveries"] == 2
    refused = ours.post(REPLAY, {**past, "scopes": ["Payments"]})
    assert refused.status_code == 400
    assert refused.json()["detail"] == "scopes: Your subscription does not have Payments."


def test_replay_of_too_much_is_refused(ours, past, monkeypatch):
    monkeypatch.setattr("webhooks.views.deliveries.MOST_REPLAYED", 1)

    answer = ours.post(REPLAY, past)

    assert answer.status_code == 400
    assert ours.get(DELIVERIES).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "since", "required"),
        ({"since": "2026-01-01"}, "since", "invalid"),
        (
            {"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"},
            "until",
            "out_of_range",
        ),
        (
            {"since": "2026-01-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"},
            "until",
            "out_of_range",
        ),
        ({"since": "2026-01-01T00:00:00Z", "subscription": 1}, "subscription", "unknown"),
    ],
)
def test_bad_replays_are_refused(ours, past, body, field, code):
    answer = ours.post(REPLAY, body)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]

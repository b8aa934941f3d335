"""The staff's page of one subscription: its deliveries, and what may be done."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.dashboard.reading import links, queries, rows, text
from tests.dashboard.webhook_rows import HOUR, PATH, busy, five
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.rows import change, due, subscribe
from webhooks.models import Attempt

__all__ = ["busy", "five", "reachable", "receiver"]


def test_page_shows_the_newest_deliveries_with_their_attempts(busy, five, desk, staff):
    row = five["failing"]
    (tried,) = due(row, 20, status="failed", attempts=2, duration_ms=4, error="Nobody answered.")
    with staff():
        for number, facts in enumerate(({"status_code": 500}, {"error": "Nobody answered."}), 1):
            Attempt.objects.create(
                practice_id=row.practice_id, delivery=tried, number=number, duration_ms=4, **facts
            )
    page = desk.get(f"{PATH}{row.pk}/")
    found = rows(page)

    assert "Address https://failing.example/in?key=1" in text(page)
    assert [int(line.split()[0]) for line in found] == sorted(
        (int(line.split()[0]) for line in found), reverse=True
    )
    assert found[0].startswith(f"{tried.pk} patient.created 20 ")
    assert "answered 500 4 ms" in found[0]
    assert "Nobody answered. 4 ms" in found[0]
    assert len(found) == 11


def test_page_shows_no_delivery_of_others(busy, five, desk):
    theirs = desk.get(f"{PATH}{five['well'].pk}/")

    assert [line.split()[2] for line in rows(theirs)] == ["11"]
    assert "failing" not in text(theirs)


def test_older_deliveries_follow(five, desk):
    row = five["well"]
    made = due(row, *range(1, 61), status="cancelled")
    newest = desk.get(f"{PATH}{row.pk}/")
    (older,) = links(newest, "Older ›")
    middle = desk.get(f"{PATH}{row.pk}/{older}")
    (oldest,) = links(middle, "Older ›")
    last = desk.get(f"{PATH}{row.pk}/{oldest}")

    shown = [int(line.split()[0]) for page in (newest, middle, last) for line in rows(page)]
    assert shown == [one.pk for one in reversed(made)]
    assert links(last, "Older ›") == []
    assert links(last, "‹ Newest") == ["?"]


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("well", ["Replay", "Rotate secret", "Disable"]),
        ("disabled", ["Rotate secret", "Enable"]),
        ("removed", []),
    ],
)
def test_what_can_be_done_is_offered_and_leads_back(five, desk, name, offered):
    here = f"{PATH}{five[name].pk}/"
    page = desk.get(here)

    for words in ("Replay", "Rotate secret", "Disable", "Enable"):
        found = links(page, words)
        assert len(found) == (words in offered)
        for url in found:
            assert links(desk.get(url), "Cancel") == [here]
    assert ("Send a test" in text(page)) is (name == "well")


def test_test_and_sending_again_lead_back(receiver, our_practice, partner, make_key, desk):
    make_key(our_practice)
    row = subscribe(our_practice, partner, receiver.url)
    here = f"{PATH}{row.pk}/"

    sent = desk.post("/admin/webhooks/subscription/test/", {"id": row.pk, "next": here})
    assert sent["Location"] == here
    shown = desk.get(here)
    assert "A test was sent, as delivery" in text(shown)
    assert "delivered 1 · answered 200" in rows(shown)[0]

    (again,) = links(shown, "Send again")
    assert desk.post(again)["Location"] == here
    assert len(rows(desk.get(here))) == 2
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(
    ("permissions", "deliveries", "offered"),
    [
        ([], False, []),
        (["webhooks.view_delivery"], True, []),
        (
            ["webhooks.view_delivery", "webhooks.change_delivery"],
            True,
            ["Send a test", "Replay", "Send again"],
        ),
        (["webhooks.change_subscription"], False, ["Rotate secret", "Disable"]),
    ],
)
def test_each_sees_what_they_may(busy, five, sign_in, permissions, deliveries, offered):
    browser = sign_in("webhooks.view_subscription", *permissions)
    page = browser.get(f"{PATH}{five['failing'].pk}/")

    assert bool(rows(page)) is deliveries
    for words in ("Send a test", "Replay", "Send again", "Rotate secret", "Disable"):
        assert (f"{words} " in text(page)) is (words in offered)
        for url in links(page, words):
            assert browser.get(url).status_code == 200
    assert len(rows(browser.get(PATH))) == 4


@pytest.mark.parametrize("path", [PATH, f"{PATH}1/"])
def test_others_are_refused(our_practice, sign_in, path):
    assert sign_in("webhooks.view_delivery").get(path).status_code == 403
    assert Client().get(path)["Location"] == f"/admin/login/?next={path}"


@pytest.mark.parametrize("path", ["0/", "99999999999999999999999/", "x/"])
def test_what_is_not_there_is_not_found(our_practice, desk, path):
    assert desk.get(PATH + path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"health": "x", "practice": "x", "partner": "x", "page": "x"},
        {"page": "9" * 30, "health": "\0"},
        {"before": "x"},
        {"before": "9" * 30},
        {"before": "٣"},
    ],
)
def test_bad_addresses_are_borne(busy, five, desk, query):
    assert desk.get(PATH, query).status_code == 200
    assert len(rows(desk.get(f"{PATH}{five['failing'].pk}/", query))) == 10


def test_nothing_secret_is_read(five, desk):
    for path in (PATH, f"{PATH}{five['well'].pk}/"):
        asked = [sql for sql in queries(desk, path) if "webhooks_subscription" in sql]
        assert asked
        assert not [sql for sql in asked if '"secret"' in sql or 'previous_secret"' in sql]


def test_a_secret_that_still_signs_is_said(five, desk):
    row = five["well"]
    assert "Old secret signs until" not in text(desk.get(f"{PATH}{row.pk}/"))

    change(row, previous_secret_until=timezone.now() + HOUR)

    assert "Old secret signs until" in text(desk.get(f"{PATH}{row.pk}/"))

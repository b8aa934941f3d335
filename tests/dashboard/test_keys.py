"""The list of API keys: which are in it, what is said of them, what can be done from it."""

import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import ApiKey
from partners.models.key import IDLE, SOON
from partners.scopes import ALL_SCOPES, in_short
from tests.dashboard.reading import links, queries, rows, text
from tests.factories import ApiKeyFactory, PartnerFactory

PATH = "/dashboard/keys/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def keys(our_practice, other_practice, partner, make_key, staff):
    """One of each kind in our practice, and one of another partner in the other one."""
    now = timezone.now()
    made = {
        "fresh": make_key(our_practice, name="fresh", scopes=["Prospects"], last_used_at=now),
        "soon": make_key(our_practice, name="soon", expires_at=now + 5 * DAY),
        "old": make_key(our_practice, name="old", expires_at=now - DAY),
        "over": make_key(our_practice, name="over", revoked_at=now - DAY),
        "idle": make_key(our_practice, name="idle", last_used_at=now - 100 * DAY),
        "never": make_key(our_practice, name="never"),
        "going": make_key(our_practice, name="going", expires_at=now + DAY),
        "theirs": make_key(other_practice, name="theirs", partner=PartnerFactory.create()),
    }
    with staff():
        ApiKey.objects.filter(pk=made["never"].pk).update(created_at=now - 95 * DAY)
        ApiKey.objects.filter(pk=made["going"].pk).update(replaced_by=made["fresh"])
    return made


def names(answer):
    return {row.split()[0] for row in rows(answer)}


def test_what_works_is_shown_newest_first(keys, desk, partner):
    found = rows(desk.get(PATH))

    assert [row.split()[0] for row in found] == [
        *("theirs", "going", "never", "idle", "soon", "fresh"),
    ]
    fresh, used = keys["fresh"], f"{keys['fresh'].last_used_at:%Y-%m-%d %H:%M}"
    assert found[-1] == (
        f"fresh {fresh.lookup_id} {partner} DemoOffice Prospects {used} active Rotate Revoke"
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "active"}, "theirs never idle soon fresh"),
        ({"status": "retiring"}, "going"),
        ({"status": "ending"}, "soon"),
        ({"status": "idle"}, "never idle"),
        ({"status": "expired"}, "old"),
        ({"status": "revoked"}, "over"),
        ({"status": "all"}, "theirs going never idle over old soon fresh"),
        ({"status": "all", "practice": "otheroffice"}, "theirs"),
        ({"status": "all", "practice": "DemoOffice", "find": "O"}, "going over old soon"),
        ({"find": "NEV"}, "never"),
        ({"find": "nothing like it"}, ""),
    ],
)
def test_chosen_by_state_practice_and_words(keys, desk, query, expected):
    assert names(desk.get(PATH, query)) == set(expected.split())


def test_chosen_by_partner_and_by_id(keys, desk):
    theirs = keys["theirs"]

    assert names(desk.get(PATH, {"partner": theirs.partner_id})) == {"theirs"}
    assert names(desk.get(PATH, {"find": keys["soon"].lookup_id})) == {"soon"}
    assert names(desk.get(PATH, {"find": keys["soon"].lookup_id[:7]})) == set()


def test_what_ends_soon_or_nobody_uses_stands_out(keys, desk):
    page = desk.get(PATH)
    said = {row.split()[0]: row for row in rows(page)}

    assert "active ends in 4 days" in said["soon"]
    assert f"unused since {timezone.now() - 100 * DAY:%Y-%m-%d}" in said["idle"]
    assert f"never used made {timezone.now() - 95 * DAY:%Y-%m-%d}" in said["never"]
    assert page.content.decode().count('class="marked"') == 3
    assert page.content.decode().count("badge-warn") == 4  # and the one that retires


def test_a_row_and_its_query_agree(our_practice, partner, staff):
    now, second = timezone.now(), datetime.timedelta(seconds=1)
    ends = [None, now - second, now + second, now + SOON, now + SOON + second]
    used = [None, now, now - IDLE + second, now - IDLE, now - 2 * IDLE]
    for at, last in ((at, last) for at in ends for last in used):
        for facts in ({}, {"revoked_at": now}):
            ApiKeyFactory.create(
                practice=our_practice, partner=partner, expires_at=at, last_used_at=last, **facts
            )

    with staff():
        whole = list(ApiKey.objects.all())
        for made in (now, now - IDLE):
            ApiKey.objects.update(created_at=made)
            ending, idle = ApiKey.objects.ending(now), ApiKey.objects.idle(now)
            for key in whole:
                key.created_at = made
            assert set(ending) == {key for key in whole if key.is_ending(now)} != set()
            assert set(idle) == {key for key in whole if key.is_idle(now)} != set()


def test_what_is_done_to_a_key_leads_back_here(keys, desk):
    here = f"{PATH}?find=soon&status=working"
    page = desk.get(here)
    (rotate,), (revoke,), (new,) = (links(page, w) for w in ("Rotate", "Revoke", "New key"))

    for url, words in ((rotate, "Cancel"), (revoke, "Keep")):
        assert links(desk.get(url), words) == [here]
    done = desk.post(revoke, {"key": keys["soon"].pk})
    assert done["Location"] == here
    assert "Revoked: soon" in text(desk.get(here))
    assert new == f"/admin/partners/apikey/add/?{urlencode({'next': here})}"
    assert desk.get(new).status_code == 200


def test_nothing_is_offered_that_cannot_be_done(keys, desk, sign_in):
    ended = desk.get(PATH, {"status": "revoked"})
    retiring = desk.get(PATH, {"status": "retiring"})
    looking = sign_in("partners.view_apikey", name="lee").get(PATH)

    assert (links(ended, "Rotate"), links(ended, "Revoke")) == ([], [])
    assert (links(retiring, "Rotate"), len(links(retiring, "Revoke"))) == ([], 1)
    assert len(rows(looking)) == 6
    for words in ("Rotate", "Revoke", "New key"):
        assert links(looking, words) == []


@pytest.mark.parametrize(
    ("permissions", "status"),
    [(["partners.view_apikey"], 200), (["partners.view_partner", "dashboard.view_apicall"], 403)],
)
def test_who_may_see_keys_sees_the_page(our_practice, sign_in, permissions, status):
    assert sign_in(*permissions).get(PATH).status_code == status


def test_strangers_are_sent_to_sign_in(database):
    assert Client().get(PATH)["Location"] == f"/admin/login/?next={PATH}"


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense", "page": "x", "partner": "x", "practice": "x"},
        {"page": "-1", "partner": "9" * 30},
        {"page": "999999999999999999999", "find": "\0"},
        {"find": "%_'\"<script>alert(1)</script>" * 20, "status": "all"},
        {"practice": "\0", "partner": "\0", "status": "\0"},
    ],
)
def test_bad_addresses_are_borne(keys, desk, query):
    answer = desk.get(PATH, query)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_empty_list_says_what_to_do(our_practice, keys, desk):
    page = desk.get(PATH, {"find": "over"})
    (among_all,) = links(page, "Look among all keys, ended ones too")

    assert "No key fits." in text(page)
    assert names(desk.get(PATH + among_all)) == {"over"}


def test_pages_follow_each_other(our_practice, partner, desk):
    for number in range(30):
        ApiKeyFactory.create(practice=our_practice, partner=partner, name=f"k{number}")
    first = desk.get(PATH, {"find": "k"})
    (following,) = links(first, "Next ›")
    second = desk.get(PATH + following)

    assert "1–25 of 30" in text(first)
    assert "26–30 of 30" in text(second)
    assert names(first) | names(second) == {f"k{number}" for number in range(30)}
    assert names(desk.get(PATH + links(second, "‹ Previous")[0])) == names(first)


@pytest.mark.parametrize("query", [{}, {"status": "all", "find": "key"}])
def test_queries_are_the_same_for_1_3_and_100(our_practice, other_practice, desk, query):
    counts = []
    for more in (1, 2, 97):
        for number in range(more):
            practice = other_practice if number % 2 else our_practice
            ApiKeyFactory.create(practice=practice, partner=PartnerFactory.create())
        counts.append(len(queries(desk, PATH, query)))

    assert counts[0] == counts[1] == counts[2] <= 15


def test_nothing_of_the_key_itself_is_read(keys, desk):
    asked = [sql for sql in queries(desk, PATH) if "partners_apikey" in sql]

    assert asked
    assert not [sql for sql in asked if "digest" in sql or "pepper" in sql]


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ([], ""),
        (["KB"], "KB"),
        (["KB", "Tickets", "Claims", "Payments"], "KB, Tickets, Claims, Payments"),
        (["KB", "Tickets", "Claims", "Payments", "Patients"], "KB, Tickets, Claims and 2 more"),
        (ALL_SCOPES, "all"),
    ],
)
def test_scopes_in_short(scopes, said):
    assert in_short(scopes) == said

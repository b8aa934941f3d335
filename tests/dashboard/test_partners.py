"""The staff's list of partners: who calls, and how it goes."""

import pytest
from django.test import Client
from django.utils import timezone

from dashboard import usage
from dashboard.ranges import USUAL
from dashboard.usage import Whose
from partners.models import Partner
from tests.dashboard.partner_rows import PATH, acme, traffic, zeta
from tests.dashboard.reading import links, queries, rows
from tests.dashboard.rows import call, count, write
from tests.factories import ApiKeyFactory, PartnerFactory

__all__ = ["acme", "traffic", "zeta"]


def test_list_says_who_calls_and_how_it_goes(traffic, desk):
    assert rows(desk.get(PATH)) == [
        "Acme Acme Health Inc. Ada Lovelace ada@acme.example 2 5 80% 2026-03-10 12:30 on",
        "Zeta – – 1 0 – never off every key is refused",
    ]


def test_a_practice_counts_for_itself(traffic, desk):
    ours = rows(desk.get(PATH, {"practice": "demooffice"}))
    theirs = rows(desk.get(PATH, {"practice": "OtherOffice"}))

    assert ours == [
        "Acme Acme Health Inc. Ada Lovelace ada@acme.example 1 4 75% 2026-03-09 12:30 on"
    ]
    assert [row.split()[0] for row in theirs] == ["Acme", "Zeta"]
    assert " 1 1 100% 2026-03-10 12:30 on" in theirs[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "on"}, ["Acme"]),
        ({"state": "off"}, ["Zeta"]),
        ({"find": "INC."}, ["Acme"]),
        ({"find": "lovelace"}, ["Acme"]),
        ({"find": "@acme"}, ["Acme"]),
        ({"find": "ZET"}, ["Zeta"]),
        ({"find": "_"}, []),
        ({"find": "a", "state": "off", "practice": "DemoOffice"}, []),
    ],
)
def test_chosen_by_words_and_state(acme, zeta, desk, query, expected):
    assert [row.split()[0] for row in rows(desk.get(PATH, query))] == expected


@pytest.mark.parametrize("practice", [None, "DemoOffice"])
def test_figures_are_those_of_the_partners_own_range(traffic, acme, zeta, staff, practice, request):
    number = request.getfixturevalue("our_practice").pk if practice else 0
    span = USUAL.span(timezone.now())

    with staff():
        found = usage.by_partner([acme.pk, zeta.pk, 10**12], span, practice_id=number)
        whose = Whose(practice_id=number, partner_id=acme.pk)
        alone = usage.figures(whose, {"": span})[""]

    assert set(found) == {acme.pk}
    assert (found[acme.pk].calls, found[acme.pk].errors, found[acme.pk].duration_us) == (
        alone.calls,
        alone.errors,
        alone.duration_us,
    )


@pytest.mark.parametrize("path", ["", "?practice=DemoOffice&find=p"])
def test_queries_are_the_same_for_1_3_and_100(our_practice, other_practice, desk, staff, path):
    now, counts = timezone.now(), []
    for more in (1, 2, 97):
        with staff():
            made = PartnerFactory.create_batch(more)
            for practice in (our_practice, other_practice):
                ApiKeyFactory.create_batch(more, partner=made[0], practice=practice)
                for partner in made:
                    ApiKeyFactory.create(partner=partner, practice=practice)
        write(*(call(at=now, partner_id=one.pk, practice_id=our_practice.pk) for one in made))
        count()
        asked = queries(desk, PATH + path)
        assert not [sql for sql in asked if "dashboard_apicall" in sql]
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2] <= 17


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x", "practice": "x", "page": "x"},
        {"page": "0", "find": "\0"},
        {"page": "9" * 30, "find": "%'\"<script>alert(1)</script>" * 30},
    ],
)
def test_bad_addresses_are_borne(acme, desk, query):
    answer = desk.get(PATH, query)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_names_are_text(our_practice, desk, staff):
    evil = PartnerFactory.create(name="<script>alert(1)</script>", website="javascript:alert(1)")

    for path in (PATH, f"{PATH}{evil.pk}/"):
        page = desk.get(path).content.decode()
        assert "<script>alert" not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("path", [PATH, f"{PATH}1/"])
def test_others_are_refused(our_practice, sign_in, path):
    assert sign_in("partners.view_apikey").get(path).status_code == 403
    assert Client().get(path)["Location"] == f"/admin/login/?next={path}"


def test_empty_list_says_what_to_do(our_practice, sign_in, desk, staff):
    with staff():
        Partner.objects.all().delete()

    assert links(desk.get(PATH), "Add the first one") == [
        "/admin/partners/partner/add/?next=%2Fdashboard%2Fpartners%2F"
    ]
    assert links(desk.get(PATH, {"find": "x"}), "Show all partners") == [PATH]
    assert links(sign_in("partners.view_partner", name="lee").get(PATH), "Add the first one") == []

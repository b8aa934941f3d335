"""The list of partners, and the page of one: who they are, how it goes, what can be done."""

import datetime
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from dashboard import usage
from dashboard.ranges import USUAL
from dashboard.usage import Whose
from partners import access
from partners.models import AccessRequest, Partner
from tests.dashboard.reading import links, queries, rows, text
from tests.dashboard.rows import call, count, write
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.rows import subscribe

PATH = "/dashboard/partners/"
DAY = datetime.timedelta(days=1)
PARTS = (
    "partners.view_apikey",
    "dashboard.view_apicall",
    "webhooks.view_subscription",
    "partners.view_accessrequest",
)


@pytest.fixture
def acme(our_practice, other_practice):
    """Works for both practices: two keys work, one does not."""
    made = PartnerFactory.create(
        name="Acme",
        company_name="Acme Health Inc.",
        contact_name="Ada Lovelace",
        email="ada@acme.example",
        website="https://acme.example/",
    )
    used = datetime.datetime(2026, 3, 9, 12, 30, tzinfo=datetime.UTC)
    ApiKeyFactory.create(partner=made, practice=our_practice, name="ours", last_used_at=used)
    ApiKeyFactory.create(
        partner=made, practice=other_practice, name="theirs", last_used_at=used + DAY
    )
    ApiKeyFactory.create(
        partner=made, practice=our_practice, name="ended", revoked_at=timezone.now()
    )
    return made


@pytest.fixture
def zeta(other_practice):
    """Switched off; has a key in the other practice alone."""
    made = PartnerFactory.create(name="Zeta", is_active=False)
    ApiKeyFactory.create(partner=made, practice=other_practice, name="zeta's")
    return made


@pytest.fixture
def traffic(acme, zeta, our_practice, other_practice):
    """Four calls of Acme in ours, one of them refused, one in the other; one long ago."""
    now = timezone.now()
    ours = {"partner_id": acme.pk, "practice_id": our_practice.pk}
    write(
        call(at=now, **ours),
        call(at=now - DAY, **ours),
        call(at=now - 3 * DAY, **ours),
        call(at=now - 3 * DAY, status=409, **ours),
        call(at=now - DAY, partner_id=acme.pk, practice_id=other_practice.pk),
        call(at=now - 9 * DAY, **ours),
    )
    count()


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


def test_page_shows_all_that_hangs_on_a_partner(traffic, acme, our_practice, desk, staff):
    subscribe(our_practice, acme, "https://hooks.acme.example/in")
    ask("acme", "ada@elsewhere.example", staff)
    page = desk.get(f"{PATH}{acme.pk}/")
    found = text(page)

    assert "Acme on" in found
    assert "Contact Ada Lovelace E-mail ada@acme.example" in found
    assert "Total Calls 5" in found
    assert "API Usage (Last 7 Days)" in found
    assert "409 GET /v1 /{PPass} /tags 1" in found
    keys = [row.split()[0] for row in rows(page)]
    assert keys == ["theirs", "ours", "hooks.acme.example"]
    assert "acme for DemoOffice" in found
    (calls,) = links(page, "Recent activity")[-1:]
    assert calls == f"/dashboard/activity/?partner={acme.pk}"
    for words in ("Change", "History", "New key", "Rotate", "Revoke"):
        for url in links(page, words):
            assert desk.get(url).status_code == 200


def test_page_shows_nothing_of_others(traffic, acme, zeta, our_practice, desk, staff):
    subscribe(our_practice, acme, "https://hooks.acme.example/in")
    ask("Acme", "ada@acme.example", staff)
    found = text(desk.get(f"{PATH}{zeta.pk}/"))

    assert "Zeta off every key is refused" in found
    assert "Total Calls 0" in found
    assert "cme" not in found.replace("All keys", "")


def test_errors_lead_to_the_partners_own_calls(traffic, acme, desk):
    page = desk.get(f"{PATH}{acme.pk}/").content.decode()
    (address,) = re.findall(r'href="(/dashboard/activity/\?[^"]*status=409[^"]*)"', page)

    assert f"partner={acme.pk}&amp;" in address


def test_keys_lead_back_to_the_page(acme, desk):
    page = desk.get(f"{PATH}{acme.pk}/")
    url, here = links(page, "Revoke")[0], f"{PATH}{acme.pk}/"

    assert links(desk.get(url), "Keep") == [here]
    for words in ("ours", "Change"):
        assert links(page, words)[0].endswith(f"?{urlencode({'next': here})}")
    new = desk.get(links(page, "New key")[0]).content.decode()
    assert f'<option value="{acme.pk}" selected>Acme</option>' in new


def ask(company, email, staff):
    access.ask(
        company=company,
        practice="DemoOffice",
        contact="Ada",
        email=email,
        scopes=["Prospects"],
        purpose="x",
        address=None,
    )
    with staff():
        AccessRequest.objects.update(status="pending", confirmed_at=timezone.now())


@pytest.mark.parametrize(
    ("company", "email", "is_theirs"),
    [
        ("ACME", "x@x.example", True),
        ("acme health inc.", "x@x.example", True),
        ("Somebody", "ADA@acme.example", True),
        ("Acme Two", "bob@acme.example", False),
    ],
)
def test_requests_are_known_by_name_or_mail(acme, desk, staff, company, email, is_theirs):
    ask(company, email, staff)

    assert ("Open access requests" in text(desk.get(f"{PATH}{acme.pk}/"))) is is_theirs
    with staff():
        AccessRequest.objects.update(status="denied")
    assert "Open access requests" not in text(desk.get(f"{PATH}{acme.pk}/"))


def test_without_a_name_or_mail_nobody_matches(desk, staff, our_practice):
    blank = PartnerFactory.create(name="Blank")
    ask("Somebody", "x@x.example", staff)

    assert "Open access requests" not in text(desk.get(f"{PATH}{blank.pk}/"))


@pytest.mark.parametrize("seen", PARTS)
def test_each_part_is_for_those_who_may_see_it(traffic, acme, sign_in, staff, seen):
    ask("Acme", "ada@acme.example", staff)
    browser = sign_in("partners.view_partner", seen)
    found = text(browser.get(f"{PATH}{acme.pk}/"))

    parts = {
        "partners.view_apikey": "API keys",
        "dashboard.view_apicall": "Total Calls",
        "webhooks.view_subscription": "No subscription.",
        "partners.view_accessrequest": "Open access requests",
    }
    content = found.split("Who they are")[1]
    assert [part for part, words in parts.items() if words in content] == [seen]
    assert "New key" not in found
    assert ("80%" in text(browser.get(PATH))) is (seen == "dashboard.view_apicall")


def test_page_costs_the_same_whatever_hangs_on_it(acme, our_practice, desk, staff):
    before = len(queries(desk, f"{PATH}{acme.pk}/"))
    now = timezone.now()
    with staff():
        ApiKeyFactory.create_batch(60, partner=acme, practice=our_practice)
    write(*(call(at=now - n * DAY / 9, partner_id=acme.pk, status=200 + n * 4) for n in range(60)))
    count()
    after = queries(desk, f"{PATH}{acme.pk}/")

    assert len(after) == before <= 24
    assert not [sql for sql in after if '"dashboard_apicall"' in sql]


@pytest.mark.parametrize("path", ["0/", "99999999999999999999999/", "x/"])
def test_who_is_not_there_is_not_found(database, our_practice, desk, path):
    assert desk.get(PATH + path).status_code == 404


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

"""The staff's page of one partner: all that hangs on it, and nothing of others."""

import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from partners import access
from partners.models import AccessRequest
from tests.dashboard.partner_rows import DAY, PATH, acme, traffic, zeta
from tests.dashboard.reading import links, queries, rows, text
from tests.dashboard.rows import call, count, write
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.rows import subscribe

__all__ = ["acme", "traffic", "zeta"]

PARTS = (
    "partners.view_apikey",
    "dashboard.view_apicall",
    "webhooks.view_subscription",
    "partners.view_accessrequest",
)


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

"""Staff decide who comes in."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import access, letters, tenancy
from partners.models import AccessRequest, ApiKey, Partner
from tests.factories import PartnerFactory

LIST = "/dashboard/access-requests/"


@pytest.fixture
def asked(database, staff):
    """A request that waits for a decision."""
    access.ask(
        company="Acme Health",
        practice="demooffice",
        contact="Ada Lovelace",
        email="ada@example.com",
        scopes=["Prospects", "Tickets"],
        purpose="<script>alert(1)</script>",
        address="203.0.113.7",
    )
    with staff():
        AccessRequest.objects.update(status="pending", confirmed_at=timezone.now())
        return AccessRequest.objects.get()


def page_of(asked):
    return f"{LIST}{asked.pk}/"


def test_list_shows_what_waits(asked, desk):
    waiting, denied = desk.get(LIST), desk.get(LIST, {"status": "denied"})

    assert "Acme Health" in waiting.content.decode()
    assert "Acme Health" not in denied.content.decode()


def test_page_proposes_the_practice_and_shows_script_as_text(asked, our_practice, desk):
    page = desk.get(page_of(asked)).content.decode()

    assert f'<option value="{our_practice.pk}" selected>DemoOffice</option>' in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_approved_with_fewer_scopes(asked, our_practice, other_practice, desk, staff, mailoutbox):
    answer = desk.post(
        f"{page_of(asked)}approve", {"practice": our_practice.pk, "scopes": ["Prospects"]}
    )

    assert answer["Location"] == page_of(asked)
    with staff():
        key = ApiKey.objects.get()
        assert (key.practice, key.partner.name, key.scopes) == (
            our_practice,
            "Acme Health",
            ["Prospects"],
        )
        assert "Approved" in LogEntry.objects.get().change_message
    with tenancy.acting_as(tenancy.WORKER):
        letters.send_due(timezone.now())
    assert "/request-access/key/" in mailoutbox[-1].body


def test_known_company_is_chosen_not_made_again(asked, our_practice, desk, staff):
    known = PartnerFactory.create(name="ACME Health")
    approve = f"{page_of(asked)}approve"

    refused = desk.post(approve, {"practice": our_practice.pk, "scopes": ["Prospects"]})
    assert "There is a partner of this name already." in refused.content.decode()
    desk.post(approve, {"practice": our_practice.pk, "partner": known.pk, "scopes": ["Prospects"]})

    with staff():
        assert ApiKey.objects.get().partner == known
        assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    "form", [{}, {"practice": "0", "scopes": ["Prospects"]}, {"scopes": ["Claims"]}]
)
def test_bad_choice_is_named_and_nothing_is_made(asked, our_practice, desk, staff, form):
    answer = desk.post(f"{page_of(asked)}approve", {"practice": our_practice.pk, **form})

    assert "errorlist" in answer.content.decode()
    with staff():
        assert not ApiKey.objects.exists()
        assert AccessRequest.objects.get().status == "pending"


def test_denied_with_a_reason_only(asked, desk, staff):
    desk.post(f"{page_of(asked)}deny", {"reason": " "})
    with staff():
        assert AccessRequest.objects.get().status == "pending"

    desk.post(f"{page_of(asked)}deny", {"reason": "Unknown to us."})
    with staff():
        assert AccessRequest.objects.get().reason == "Unknown to us."


def test_second_decision_changes_nothing(asked, our_practice, desk, staff):
    desk.post(f"{page_of(asked)}deny", {"reason": "No."})
    answer = desk.post(
        f"{page_of(asked)}approve",
        {"practice": our_practice.pk, "scopes": ["Prospects"]},
        follow=True,
    )

    assert "not waiting for a decision" in answer.content.decode()
    with staff():
        assert not ApiKey.objects.exists()


def test_another_link_is_sent_until_the_key_is_shown(asked, our_practice, desk, staff):
    desk.post(f"{page_of(asked)}approve", {"practice": our_practice.pk, "scopes": ["Prospects"]})
    with staff():
        AccessRequest.objects.update(letter_due_at=None)

    desk.post(f"{page_of(asked)}send-again")
    with staff():
        assert AccessRequest.objects.get().letter_due_at is not None
        AccessRequest.objects.update(letter_due_at=None, revealed_at=timezone.now())
    desk.post(f"{page_of(asked)}send-again")
    with staff():
        assert AccessRequest.objects.get().letter_due_at is None


def test_who_may_only_look_decides_nothing(asked, our_practice, sign_in, staff):
    looking = sign_in("partners.view_accessrequest")

    assert "Approve" not in looking.get(page_of(asked)).content.decode()
    form = {"practice": our_practice.pk, "scopes": ["Prospects"]}
    assert looking.post(f"{page_of(asked)}approve", form).status_code == 403
    assert looking.post(f"{page_of(asked)}deny", {"reason": "No."}).status_code == 403
    with staff():
        assert AccessRequest.objects.get().status == "pending"


def test_list_takes_as_many_queries_for_many(asked, desk, staff):
    with CaptureQueriesContext(connection) as few:
        desk.get(LIST, {"status": "all"})
    for _ in range(20):
        access.ask(
            company="Other",
            practice="x",
            contact="y",
            email="z@example.com",
            scopes=["KB"],
            purpose="-",
            address=None,
        )
    with CaptureQueriesContext(connection) as many:
        desk.get(LIST, {"status": "all"})
    assert len(many) == len(few)


def test_request_that_is_not_there(desk):
    assert desk.get(f"{LIST}4711/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/request-access", "/docs", "/openapi.json", "/nowhere"])
def test_staff_who_have_signed_in_see_public_pages_as_anybody(desk, path):
    anybody = Client().get(path)
    signed_in = desk.get(path)

    assert signed_in.status_code == anybody.status_code
    assert "sessionid" not in signed_in.cookies
    assert desk.get(LIST).status_code == 200

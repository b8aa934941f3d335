"""Tickets in a real browser, under the content security policy that is served."""

from typing import Any

import pytest

from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.client import Client

TICKETS = "/admin/tickets/ticket/"
SCRIPTS = [
    "<script>window.ran = 1</script>",
    "</textarea></title></style></script><script>window.ran = 1</script>",
    "\"><img src=x onerror='window.ran = 1'>",
    "'><svg onload=window.ran=1>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<a href='javascript:window.ran=1' id=bait>click</a>",
    "<details open ontoggle=window.ran=1>",
    "{{constructor.constructor('window.ran = 1')()}}${window.ran=1}{% debug %}",
    "<form action=//evil.example><button id=bait>Send</button></form>",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:window.ran=1'>",
    "\u202e<math><mtext><style><img src onerror=window.ran=1></style>",
]


@pytest.fixture
def hostile(ours: Client) -> list[int]:
    """Tickets with a script in every place that takes text."""
    numbers = []
    for script in SCRIPTS:
        words = dict.fromkeys(["Subject", "Description", "Requester", "AssignedTo"], script)
        made = ours.post("/tickets", {**words, "Category": script[:50]}).json()["data"]
        ours.post(f"/ticket/{made['TicketID']}/comment", {"Comment": script, "Author": script})
        numbers.append(made["TicketID"])
    return numbers


@pytest.fixture
def arranged(ours: Client) -> int:
    """A ticket that somebody asks about."""
    number: int = ours.post("/tickets", {"Subject": "Portal is slow"}).json()["data"]["TicketID"]
    ours.post(f"/ticket/{number}/comment", {"Comment": "Since noon.", "Author": "Kim"})
    return number


def test_script_in_a_ticket_is_text(hostile: list[int], sign_in: Any, page: Page) -> None:
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    sign_in(f"{TICKETS}?assigned=nobody")
    paths = [TICKETS, f"{TICKETS}?q=window"]
    paths += [f"{TICKETS}{number}/{each}/" for number in hostile for each in ("change", "history")]

    for path in paths:
        page.goto(f"{page.url.partition('/admin/')[0]}{path}")
        assert page.evaluate("window.ran") is None, path
        assert page.locator("#bait, iframe, base, #content svg[onload], math").count() == 0, path
        assert page.url.endswith(path)

    for number, script in zip(hostile, SCRIPTS, strict=True):
        page.goto(f"{page.url.partition('/admin/')[0]}{TICKETS}{number}/change/")
        assert page.locator(".said").inner_text() == script
        assert page.locator(".as-written").inner_text() == script
        assert page.locator("#id_subject").input_value() == script


def test_answering_is_one_save(arranged: int, sign_in: Any, page: Page) -> None:
    sign_in(TICKETS)

    page.click("text=Portal is slow")
    page.wait_for_selector(".comment")
    assert page.locator(".comment").count() == 1
    page.fill("#id_reply", "We have found it.\nTry again?")
    page.select_option("#id_status", "Pending")
    page.fill("#id_assigned_to", "kim")
    page.click("text=Save and continue editing")

    page.wait_for_selector(".comment.by-staff")
    assert page.locator(".comment").count() == 2
    assert page.locator(".by-staff .said").inner_text() == "We have found it.\nTry again?"
    assert page.locator("#id_reply").input_value() == ""
    assert page.locator("#id_status").input_value() == "Pending"
    page.select_option("#id_status", "Resolved")
    page.click("text=Save and continue editing")
    page.wait_for_selector("#id_status option:nth-child(3):last-child", state="attached")
    page.goto(f"{page.url.partition('/admin/')[0]}{TICKETS}")
    assert page.locator("#result_list").count() == 0


@on_desk_and_phone
def test_pages_are_for_everybody(
    arranged: int, hostile: list[int], sign_in: Any, eyes: Eyes
) -> None:
    sign_in(TICKETS)
    for path in ("", "?status=all&q=portal", "add/", f"{arranged}/change/", f"{arranged}/history/"):
        eyes.see(f"{TICKETS}{path}")

    assert eyes.faults == []

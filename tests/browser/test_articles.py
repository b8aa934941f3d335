"""Articles in a real browser, under the content security policy that is served."""

from collections.abc import Iterator
from typing import Any

import pytest

from knowledge import markdown
from knowledge.models import Article
from partners.tenancy import acting_as
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_a_phone
from tests.knowledge.factories import ArticleFactory
from tests.knowledge.payloads import PAYLOADS

LIST = "/admin/knowledge/article/"
BODY = "# Before the visit\n\n1. Call the **payer**.\n2. Write down the copay.\n"
# A fence that nobody closes would hide what comes after it.
TOGETHER = "\n\n".join(each for each in PAYLOADS if "```" not in each)
ALONE = [each for each in PAYLOADS if "```" in each]


@pytest.fixture
def article(database: None) -> Article:
    """An article with a past."""
    made: Article = ArticleFactory.create(title="Insurance verification", body=BODY)
    with acting_as("emr_staff", staff="tests"):
        Article.objects.update(body=BODY.replace("payer", "insurer") + "3. Done.\n")
    return made


@pytest.fixture
def corpus(database: None) -> Article:
    """What should run nowhere, in every field and in two revisions."""
    attack = "<img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>"
    facts = dict.fromkeys(("title", "category", "tags"), attack)
    made: Article = ArticleFactory.create(**facts, type="<script>alert(1)</script>", body=TOGETHER)
    with acting_as("emr_staff", staff="<script>alert(1)</script>"):
        Article.objects.update(title="</title><script>alert(1)</script>", body=TOGETHER[::-1])
        Article.objects.update(title=attack, body=TOGETHER.upper())
    return made


@pytest.fixture
def harmless(page: Page) -> Iterator[Page]:
    """A page on which nothing may open a dialogue, or ask anybody else for anything.

    (An inline script that the policy stops is a complaint of the browser, which fails `page`.)
    """
    events: list[str] = []

    def refuse(dialog: Any) -> None:
        events.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("request", lambda asked: events.append(asked.url) if "evil" in asked.url else None)
    yield page
    assert events == []


def try_everything(page: Page) -> None:
    """Bring on what waits for a pointer or for the focus."""
    page.evaluate(
        """() => document.querySelectorAll("[data-article] *").forEach((each) => {
            for (const kind of ["mouseover", "focus", "toggle", "load", "error", "animationend"])
                each.dispatchEvent(new Event(kind));
        })"""
    )
    page.wait_for_timeout(300)


def test_article_is_written_with_a_preview(sign_in: Any, page: Page) -> None:
    sign_in(f"{LIST}add/")

    page.fill("#id_title", "Verification")
    page.fill("#id_body", BODY)
    page.click("text=Show what it looks like")
    page.wait_for_selector("[data-preview] h1:text('Before the visit')")
    page.fill("#id_body", f"{BODY}3. Ask for *help*.\n")
    page.wait_for_selector("[data-preview] em:text('help')")

    assert page.locator("[data-preview] li").count() == 3
    page.click("input[name=_save]")
    page.wait_for_url(f"**{LIST}")
    assert page.locator("#result_list tbody tr").count() == 1


def test_preview_works_without_scripts(article: Article, sign_in: Any, page: Page) -> None:
    sign_in(f"{LIST}{article.pk}/change/")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.reload()

    page.locator("#id_body").press_sequentially("Soon. ")
    with page.expect_popup() as opened:
        page.click("text=Show what it looks like")

    preview = opened.value
    preview.wait_for_selector("[data-article]")
    assert "Call the" in preview.inner_text("[data-article]")
    assert "Soon." in page.input_value("#id_body")
    preview.close()


def test_revision_is_compared_and_restored(article: Article, sign_in: Any, page: Page) -> None:
    sign_in(f"{LIST}{article.pk}/history/")

    page.click("text=Revision 2")
    assert page.locator(".diff-gone b").inner_text() == "payer"
    assert page.locator(".diff-new b").first.inner_text() == "insurer"
    page.goto(page.url.replace("/2/", "/1/"))
    page.click("text=What is different now")
    assert page.locator(".diff-gone b").inner_text() == "payer"
    page.click("text=Restore revision 1")
    page.wait_for_url("**/change/")
    assert page.input_value("#id_body") == BODY


def test_everything_is_done_by_keyboard(article: Article, sign_in: Any, page: Page) -> None:
    sign_in(f"{LIST}{article.pk}/change/")

    def tab_to(selector: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            if page.evaluate("wanted => document.activeElement?.matches(wanted)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector}.")

    page.wait_for_selector("[data-preview-button]")
    tab_to("#id_title")
    tab_to("#id_body")
    page.keyboard.type("Mind: ")
    tab_to("[data-preview-button]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-preview] >> text=Mind:")
    page.goto(page.url.replace("/change/", "/history/"))
    tab_to("a[href$='/revisions/1/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/revisions/1/")
    tab_to("input[value='Restore revision 1']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    assert page.input_value("#id_body") == BODY


@pytest.mark.timeout(300)
def test_nothing_runs_in_the_admin(corpus: Article, sign_in: Any, harmless: Page) -> None:
    page, path = harmless, f"{LIST}{corpus.pk}"
    sign_in(f"{path}/change/")

    for body in (TOGETHER, TOGETHER.upper(), *ALONE):
        page.fill("#id_body", body)
        page.locator("[data-preview-status]").evaluate("said => said.textContent = ''")
        page.click("text=Show what it looks like")
        page.wait_for_selector("[data-preview-status]:text('Up to date.')")
        try_everything(page)
    assert page.locator("[data-article] :is(script, img, svg, iframe, style, form)").count() == 0
    for shown in ("", "history/", "revisions/1/", "revisions/2/", "revisions/2/?now", "change/"):
        page.goto(page.url.partition(LIST)[0] + (f"{path}/{shown}" if shown else LIST))
        try_everything(page)
        assert "onerror" in page.content()


def test_nothing_runs_where_no_policy_helps(harmless: Page) -> None:
    for payload in PAYLOADS:
        html = markdown.to_html(payload)
        harmless.set_content(f"<!doctype html><title>T</title><div data-article>{html}</div>")
        for link in harmless.locator("a").all():
            assert link.evaluate("each => each.protocol") in {"http:", "https:", "mailto:", "tel:"}
            link.evaluate("each => each.removeAttribute('href')")
    harmless.set_content("".join(map(markdown.to_html, PAYLOADS)))
    harmless.wait_for_timeout(500)


@on_a_phone
def test_pages_fit_a_phone(article: Article, sign_in: Any, page: Page, eyes: Eyes) -> None:
    sign_in(LIST)

    for path in ("", "add/", *(f"{article.pk}/{p}/" for p in ("change", "history", "revisions/2"))):
        eyes.open(f"{LIST}{path}")
        if "change" in path:
            page.click("text=Show what it looks like")
            page.wait_for_selector("[data-article]")
        eyes.look()
    assert eyes.faults == []

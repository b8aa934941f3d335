"""Somebody of the staff who writes articles."""

from typing import Any

import pytest
from django.test import Client as Browser

from knowledge.models import Article
from tests.knowledge.factories import ArticleFactory
from tests.staff_pages import signed_in


@pytest.fixture
def article(database: None) -> Article:
    """An article as staff wrote it."""
    made: Article = ArticleFactory.create(
        title="Insurance Verification Workflow",
        body="Call the payer.\n\nWrite down the *copay*.\n",
        tags="insurance, verification",
    )
    return made


@pytest.fixture
def shelf(database: None) -> None:
    """A few articles, the plainest first."""
    for title, tags, body in (
        ("Opening hours", "", "We open at nine. Verification of insurance is done before."),
        ("Phones", "insurance, verification", "Who answers."),
        ("Insurance verification", "", "How to."),
        ("Parking", "", "Behind the house."),
        ("Referrals", "insurance", "A form for the payer."),
        ("Out of use", "insurance", "Insurance verification."),
    ):
        ArticleFactory.create(
            title=title, tags=tags, body=body, is_active=title != "Out of use", category="Desk"
        )


@pytest.fixture
def browser_of(staff: Any) -> Any:
    """A browser in which somebody with these rights to articles is signed in."""

    def of(*rights: str, name: str = "maria") -> Browser:
        names = [f"{right}_article" for right in rights]
        return signed_in(staff, *names, name=name, is_superuser=False)

    return of


@pytest.fixture
def browser(browser_of: Any) -> Browser:
    """That of somebody who may write."""
    writer: Browser = browser_of("add", "change", "view")
    return writer

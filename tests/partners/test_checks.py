"""Settings that would send partners astray are found."""

from typing import Any

import pytest
from django.core.checks import run_checks


def _found(*, is_deployment: bool) -> list[str]:
    messages = run_checks(include_deployment_checks=is_deployment)
    return [each.msg for each in messages if each.id == "partners.W001"]


def test_links_in_letters_that_lead_nowhere_are_told(settings: Any) -> None:
    settings.PUBLIC_URL, settings.LINKS_URL = "", "http://127.0.0.1:8000"

    assert _found(is_deployment=False) == []
    assert _found(is_deployment=True) == [
        "PUBLIC_URL is not set: links in letters lead to http://127.0.0.1:8000."
    ]


@pytest.mark.parametrize("is_deployment", [False, True])
def test_public_address_is_fine(settings: Any, is_deployment: bool) -> None:
    settings.PUBLIC_URL = "https://api.example.com"

    assert _found(is_deployment=is_deployment) == []

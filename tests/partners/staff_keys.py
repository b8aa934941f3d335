"""Keys and calls as staff see them: an administrator's browser, and forms filled in."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client as DjangoClient
from django.utils import timezone

from dashboard.models import ApiCall
from partners.models import ApiKey, Partner, Practice
from tests.staff_pages import signed_in

Staff = Callable[[], AbstractContextManager[None]]
KEY_TEXT = re.compile(r"emr_(?:live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{38,}")
KEYS = "/admin/partners/apikey/"
CALLS = "/admin/dashboard/apicall/"


@pytest.fixture
def browser(staff: Staff) -> DjangoClient:
    """A browser of an administrator."""
    return signed_in(staff, name="kim")


def new_key_form(browser: DjangoClient, practice: Practice, partner: Partner) -> dict[str, Any]:
    """The form as the page gives it, filled in."""
    page = browser.get(f"{KEYS}add/").content.decode()
    found = re.search(r'name="key_id" value="([0-9A-Za-z]{8})"', page)
    assert found
    return {
        "partner": partner.pk,
        "practice": practice.pk,
        "name": "nightly sync",
        "scopes": ["Patients", "Prospects"],
        "allowed_networks": "127.0.0.1, 10.0.0.0/8",
        "rate_limit": "",
        "expires_at_0": "",
        "expires_at_1": "",
        "key_id": found[1],
    }


def texts_in(response: Any) -> list[str]:
    return KEY_TEXT.findall(response.content.decode())


def change_form(key: ApiKey, **changes: Any) -> dict[str, Any]:
    return {
        "name": key.name,
        "scopes": key.scopes,
        "allowed_networks": ", ".join(key.allowed_networks),
        "rate_limit": "",
        "expires_at_0": "",
        "expires_at_1": "",
        **changes,
    }


def a_call(practice: Practice, key: ApiKey, **facts: Any) -> ApiCall:
    return ApiCall.objects.create(
        **{
            "at": timezone.now(),
            "method": "GET",
            "route": "v1/<ppass:ppass>/prospects",
            "path": f"/v1/{practice.ppass}/prospects",
            "status": 200,
            "duration_ms": 12.5,
            "key_id": key.pk,
            "partner_id": key.partner_id,
            "practice_id": practice.pk,
            "ip": "127.0.0.1",
            "request_id": "abc",
            "bytes_in": 0,
            "bytes_out": 100,
            **facts,
        }
    )

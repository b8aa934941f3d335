"""The kit by itself: its own URL map, and of the middleware only its own."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

from tests.api.gadgets import TABLE


@pytest.fixture
def api(settings: Any) -> Iterator[Client]:
    """A client of the small API in `tests/api/urls.py`."""
    settings.ROOT_URLCONF = "tests.api.urls"
    settings.MIDDLEWARE = ["emrapi.api.request_ids.RequestIdMiddleware"]
    clear_url_caches()
    set_urlconf(None)
    yield Client(raise_request_exception=False)
    clear_url_caches()


@pytest.fixture(scope="session")
def gadget_table(owner: psycopg.Connection[Any]) -> None:
    """The table of gadgets."""
    owner.execute(TABLE)


@pytest.fixture
def gadgets(gadget_table: None, database: None, api: Client, owner: Any) -> Iterator[Client]:
    """A client of practice 1, whose table of gadgets is empty."""
    api.defaults["HTTP_AUTHORIZATION"] = "Practice 1"
    yield api
    owner.execute("DELETE FROM tests_gadget")


@pytest.fixture
def send(api: Client) -> Callable[..., Any]:
    """Send a body to the mirror as it is."""

    def post(body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        return api.generic("POST", "/v1/mirror", body, content_type, headers=headers)

    return post

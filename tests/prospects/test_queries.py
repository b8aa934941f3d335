"""The number of queries does not grow with the number of rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emrapi.api.pagination import PageLimit
from tests.client import Client
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory, TagFactory, put_on


def _queries(client: Client, path: str, params: dict[str, Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, params)
    assert answer.status_code == 200
    assert answer.json()["data"]
    return [query["sql"] for query in captured if "prospects_" in query["sql"]]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/prospects", {}),
        ("/prospects", {"search": "first"}),
        ("/prospects", {"search": "fi 555", "prospect": "true"}),
        ("/prospects", {"tag": "vip", "modifiedSince": "2020-01-01T00:00:00Z"}),
        ("/tags", {}),
    ],
)
def test_list_takes_total_and_page(
    ours: Client, our_practice: Any, path: str, params: dict[str, Any]
) -> None:
    provider = ProviderFactory.create(practice=our_practice)
    vip = TagFactory.create(practice=our_practice, name="VIP")
    counts = []

    for size in (1, 2, 22):
        for person in PersonFactory.create_batch(
            size, practice=our_practice, provider=provider, phone="555-0123"
        ):
            put_on(person, vip, TagFactory.create(practice=our_practice))
        counts.append(len(_queries(ours, path, params)))

    assert counts == [2] * 3


def test_one_person_takes_one_query(ours: Client, our_practice: Any) -> None:
    person = PersonFactory.create(practice=our_practice)
    put_on(person, *TagFactory.create_batch(3, practice=our_practice))

    assert len(_queries(ours, f"/prospects/{person.pk}", {})) == 1


def test_far_pages_are_as_near_ones(
    ours: Client, our_practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in PersonFactory.create_batch(7, practice=our_practice):
        put_on(person, TagFactory.create(practice=our_practice))

    def pages() -> list[Any]:
        return [
            ours.get("/prospects", {**params, "limit": 2, "page": page}).json()
            for page in (1, 2, 4, 5)
            for params in ({}, {"search": "first"}, {"search": "fi", "prospect": "true"})
        ]

    near = pages()
    monkeypatch.setattr(PageLimit, "far", 0)

    assert pages() == near

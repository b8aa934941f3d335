"""Calls that tests of people begin with."""

from typing import Any

from tests.client import Client

JOHN = {"FirstName": "John", "LastName": "Doe"}


def create(client: Client, **fields: Any) -> dict[str, Any]:
    """John, or somebody else, made through the API: the row as it was answered."""
    answer = client.post("/prospects", {**JOHN, **fields})
    assert answer.status_code == 201, answer.json()
    data: dict[str, Any] = answer.json()["data"]
    return data

import json
from typing import Any

import pytest
from django.test import Client


@pytest.fixture(scope="session")
def document() -> Any:
    """The OpenAPI document, as anybody gets it."""
    return json.loads(Client().get("/openapi.json").content)

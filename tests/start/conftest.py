from collections.abc import Iterator

import pytest

from tests.start.served import Place


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.remove()

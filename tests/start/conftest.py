from collections.abc import Iterator

import pytest

from tests.start.served import Place


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.remove()


@pytest.fixture
def used_place(installed: Place) -> Iterator[Place]:
    """A place in which the platform has run before."""
    made = Place(like=installed)
    yield made
    made.remove()

"""Staff in front of their pages."""

import pytest

from tests.staff_pages import signed_in


@pytest.fixture
def sign_in(staff):
    """A browser in which somebody has signed in who holds these permissions; all, if none."""
    return lambda *permissions, name="kim": signed_in(staff, *permissions, name=name)


@pytest.fixture
def desk(sign_in):
    """An administrator's browser."""
    return sign_in()

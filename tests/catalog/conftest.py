"""What tests of products look at."""

from typing import Any

import pytest

from catalog.models import Product


@pytest.fixture
def stored(staff: Any) -> Any:
    """Products in the order of their codes, with some of their values."""

    def rows(*names: str) -> list[Any]:
        with staff():
            return list(Product.objects.values_list(*names, flat=len(names) == 1))

    return rows

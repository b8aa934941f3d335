"""The filters of the list, in wire names."""

from django_filters.rest_framework import FilterSet

from catalog import search
from catalog.models.product import ProductQuerySet
from emrapi.api.fields import TextField, WordsField
from emrapi.api.queries import WireFilter
from partners.trigrams import LONGEST_SEARCH, MOST_WORDS


class ProductFilters(FilterSet):  # type: ignore[misc]
    """Which products."""

    search = WireFilter(
        WordsField(
            words_of=search.words_of,
            most=MOST_WORDS,
            max_length=LONGEST_SEARCH,
            required=False,
            allow_blank=True,
        ),
        method="by_words",
        help_text=(
            "Words that must all occur, in part and in any case, in the product's name, code or"
            " description."
        ),
    )
    vendorCode = WireFilter(  # noqa: N815
        TextField(max_length=50, required=False, allow_blank=True, trim_whitespace=True),
        "vendor_code",
        help_text="The vendor's code, exactly.",
    )

    def by_words(self, products: ProductQuerySet, name: str, value: str) -> ProductQuerySet:
        """See `ProductQuerySet.search`."""
        return products.search(value)

"""The filters of the list, in wire names."""

from django_filters.rest_framework import FilterSet
from rest_framework import serializers

from catalog import search
from catalog.models.product import ProductQuerySet
from emrapi.api.fields import TextField
from emrapi.api.queries import WireFilter


class SearchField(TextField):
    """Words to look for."""

    def to_internal_value(self, data: str) -> str:
        """The words, if they are few enough to be looked for at once."""
        text = super().to_internal_value(data)
        if len(search.words_of(text)) > search.MOST_WORDS:
            raise serializers.ValidationError(
                f"Must not have more than {search.MOST_WORDS} words.", code="max_length"
            )
        return text


class ProductFilters(FilterSet):  # type: ignore[misc]
    """Which products."""

    search = WireFilter(
        SearchField(max_length=search.LONGEST_SEARCH, required=False, allow_blank=True),
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

"""The filters of the lists, in wire names."""

from django.db.models import Exists, OuterRef
from django_filters.rest_framework import FilterSet

from emrapi.api.fields import BooleanField, InstantField, TextField, WordsField
from emrapi.api.queries import WireFilter
from partners.trigrams import LONGEST_SEARCH, MOST_WORDS
from prospects import search
from prospects.models import PersonTag, Tag
from prospects.models.queries import PersonQuerySet


class PersonFilters(FilterSet):  # type: ignore[misc]
    """Which people of the practice."""

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
            "Words that must all occur, in part and in any case, in the names, the e-mail address"
            " or the digits of the phone numbers."
        ),
    )
    prospect = WireFilter(
        BooleanField(required=False),
        "is_prospect",
        help_text="`true`: only people whose Prospect is 1; `false`: only those with 0.",
    )
    tag = WireFilter(
        TextField(max_length=50, required=False, allow_blank=True, trim_whitespace=True),
        method="by_tag",
        help_text="The name of a tag, in any case.",
    )
    modifiedSince = WireFilter(  # noqa: N815
        InstantField(required=False),
        "updated_at",
        "gte",
        help_text="Changed at this instant or later: ISO 8601 with its zone.",
    )

    def by_words(self, people: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        """See `PersonQuerySet.search`."""
        return people.search(value)

    def by_tag(self, people: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        """People who have the tag; nobody, if there is no such tag."""
        practice_id = self.request.user.practice_id
        tag = Tag.objects.filter(practice_id=practice_id).named([value]).values("id")
        links = PersonTag.objects.filter(
            practice_id=practice_id, person_id=OuterRef("id"), tag_id__in=tag
        )
        return people.filter(Exists(links))

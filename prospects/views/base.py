"""What the views of people have in common."""

from partners.api import PartnerViewSet
from partners.scopes import Scope
from prospects.models import Person
from prospects.models.queries import PersonQuerySet


class PeopleViewSet(PartnerViewSet):
    """What concerns people of the caller's practice."""

    required_scope = Scope.PROSPECTS

    def get_queryset(self) -> PersonQuerySet:
        """Newest first."""
        people = Person.objects.filter(practice_id=self.caller.practice_id)
        return people.defer("search_text").with_tag_names().order_by("-id")

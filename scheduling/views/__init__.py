"""Providers, their availability, types of visits, and visits."""

from scheduling.views.availability import AvailabilityViewSet, SearchViewSet
from scheduling.views.holds import HoldViewSet
from scheduling.views.providers import ProviderViewSet, ScheduleViewSet
from scheduling.views.visit_types import VisitTypeViewSet
from scheduling.views.visits import VisitViewSet

__all__ = [
    "AvailabilityViewSet",
    "HoldViewSet",
    "ProviderViewSet",
    "ScheduleViewSet",
    "SearchViewSet",
    "VisitTypeViewSet",
    "VisitViewSet",
]

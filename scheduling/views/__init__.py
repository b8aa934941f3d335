"""Providers, their availability, types of visits, and visits."""

from scheduling.views.providers import ProviderViewSet, ScheduleViewSet
from scheduling.views.visit_types import VisitTypeViewSet

__all__ = ["ProviderViewSet", "ScheduleViewSet", "VisitTypeViewSet"]

"""Calendars, types of visits, visits and holds in the admin."""

from scheduling.admin.holds import HoldAdmin
from scheduling.admin.providers import CalendarRulesAdmin, ProviderAdmin, ResourceAdmin
from scheduling.admin.times import ClosureAdmin, TimeOffAdmin
from scheduling.admin.visit_types import VisitTypeAdmin
from scheduling.admin.visits import VisitAdmin

__all__ = [
    "CalendarRulesAdmin",
    "ClosureAdmin",
    "HoldAdmin",
    "ProviderAdmin",
    "ResourceAdmin",
    "TimeOffAdmin",
    "VisitAdmin",
    "VisitTypeAdmin",
]

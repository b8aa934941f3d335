"""Who sees patients, when, where, and the visits themselves."""

from scheduling.models.calendar import CalendarRules, Closure, TimeOff, WeeklyHours
from scheduling.models.history import HoursEvent, VisitEvent
from scheduling.models.provider import Provider, Resource
from scheduling.models.visit import Hold, Visit
from scheduling.models.visit_type import VisitType, VisitTypeProvider, VisitTypeResource

__all__ = [
    "CalendarRules",
    "Closure",
    "Hold",
    "HoursEvent",
    "Provider",
    "Resource",
    "TimeOff",
    "Visit",
    "VisitEvent",
    "VisitType",
    "VisitTypeProvider",
    "VisitTypeResource",
    "WeeklyHours",
]

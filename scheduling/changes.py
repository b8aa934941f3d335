"""What has happened to a visit, as history has it, for staff to read."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from partners.history import Change, of_row
from scheduling.hours import spoken
from scheduling.models import Resource, Visit, VisitEvent


def of(visit: Visit) -> list[Change]:
    """The newest changes, newest first; times are by the practice's clock, rooms by name."""
    zone = ZoneInfo(visit.practice.time_zone)
    rooms = Resource.objects.filter(practice_id=visit.practice_id)
    names: dict[str, dict[Any, Any]] = {
        "room_id": dict(rooms.values_list("id", "name")),
        "status": dict(Visit.Status.choices),
    }

    def show(name: str, value: Any) -> Any:
        if isinstance(value, DateTimeTZRange):
            return spoken(zone, value.lower, value.upper)
        return names.get(name, {}).get(value, value)

    # The buffers around the provider's part go where it goes.
    return of_row(visit, VisitEvent, leave_out=["provider_busy"], show=show)

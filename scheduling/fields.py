"""The fields that calendars and visits have in common."""

import datetime
from typing import Any

from django.apps import apps
from rest_framework.fields import empty

from emrapi.api.fields import DateField, IntegerField, TextField, refuse
from emrapi.api.relations import PracticeRelatedField
from scheduling.models import Provider, VisitType
from scheduling.models.visit_type import LONGEST_MINUTES

FIRST_DAY, LAST_DAY = datetime.date(1970, 1, 1), datetime.date(2199, 12, 31)


class DayField(DateField):
    """A day of a calendar: far from the ends of time, so that any zone can reckon with it."""

    def to_internal_value(self, value: Any) -> datetime.date:
        """The day."""
        day = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            refuse(f"Must be from {FIRST_DAY} to {LAST_DAY}.", "out_of_range")
        return day


class MinutesField(IntegerField):
    """A length in whole minutes, up to a day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LONGEST_MINUTES, **kwargs})


class ProviderField(PracticeRelatedField):
    """The id of an active provider of the practice."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Provider.objects.filter(is_active=True))
        super().__init__(**kwargs)


class PersonField(PracticeRelatedField):
    """The id of a person of the practice, as the key of a row that is there."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            # By its name: apps beside each other do not import each other.
            person = apps.get_model("prospects", "Person")
            kwargs.setdefault("queryset", person.objects.only("id"))
        super().__init__(**kwargs)


class VisitTypeField(TextField):
    """The name of a type of visits of the practice, in any case; the type itself in Python.

    `is_active=None` takes those that are out of use too.
    """

    def __init__(self, *, is_active: bool | None = True, **kwargs: Any) -> None:
        self.is_active = is_active
        super().__init__(**{"max_length": 50, **kwargs})

    def run_validation(self, data: Any = empty) -> Any:
        """The type, once its name is a name."""
        name = super().run_validation(data)
        types = VisitType.objects.filter(
            practice_id=self.context["request"].user.practice_id, name__iexact=name
        )
        if self.is_active is not None:
            types = types.filter(is_active=self.is_active)
        found = types.first()
        if found is None:
            refuse("There is no such type of visit in your practice.", "not_found")
        return found

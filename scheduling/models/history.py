"""History of visits and of working hours, written by triggers whoever makes the change."""

import pghistory
from django.db import models

from scheduling.models.calendar import WeeklyHours
from scheduling.models.visit import Visit

VisitEvent = pghistory.create_event_model(
    Visit,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["starts_at"],
    model_name="VisitEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "change of a visit",
        "verbose_name_plural": "changes of visits",
        "indexes": [models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="visitevent_of")],
    },
)
HoursEvent = pghistory.create_event_model(
    WeeklyHours,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="HoursEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={"verbose_name": "change of hours", "verbose_name_plural": "changes of hours"},
)

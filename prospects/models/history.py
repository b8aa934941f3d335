"""History: triggers write a row for every change, whoever makes it.

Each row carries in itself who it was (key, partner and request, or a member of staff), and belongs
to the practice of what changed.
"""

from typing import Any

import pghistory
from django.db import models

from prospects.models.person import Person
from prospects.models.tag import PersonTag, Tag


def _history(tracked: type[models.Model], *trackers: pghistory.Tracker, **options: Any) -> Any:
    return pghistory.create_event_model(
        tracked,
        *trackers,
        model_name=f"{tracked.__name__}Event",
        abstract=False,
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        **options,
    )


PersonEvent = _history(
    Person,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["normalized_phones", "normalized_postal_code", "identities", "search_text"],
    meta={
        "verbose_name": "change of a person",
        "verbose_name_plural": "changes of people",
        "indexes": [models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="personevent_of")],
    },
)
TagEvent = _history(
    Tag,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    meta={"verbose_name": "change of a tag", "verbose_name_plural": "changes of tags"},
)
PersonTagEvent = _history(
    PersonTag,
    pghistory.InsertEvent(),
    pghistory.DeleteEvent(),
    meta={
        "verbose_name": "change of a person's tags",
        "verbose_name_plural": "changes of people's tags",
        "indexes": [
            models.Index(fields=["practice", "person", "pgh_id"], name="persontagevent_of")
        ],
    },
)

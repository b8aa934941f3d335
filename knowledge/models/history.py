"""Every state that an article has had, written by triggers whoever makes the change."""

from typing import Any

import pghistory
import pgtrigger
from django.db import models

from knowledge.models.article import KEPT, Article

ArticleEvent: Any = pghistory.create_event_model(
    Article,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*KEPT)),
    pghistory.DeleteEvent(),
    exclude=["text", "heading", "search"],
    model_name="ArticleEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "revision of an article",
        "verbose_name_plural": "revisions of articles",
        "constraints": [
            models.UniqueConstraint(
                fields=["pgh_obj", "revision"],
                condition=~models.Q(pgh_label="delete"),
                name="articleevent_revision",
            )
        ],
    },
)

"""People of a practice, the tags that the practice puts on them, and the history of both."""

from prospects.models.history import PersonEvent, PersonTagEvent, TagEvent
from prospects.models.person import Person
from prospects.models.tag import PersonTag, Tag

__all__ = ["Person", "PersonEvent", "PersonTag", "PersonTagEvent", "Tag", "TagEvent"]

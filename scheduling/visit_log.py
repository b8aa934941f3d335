"""What partners hear of visits: an event for each write, in its transaction."""

from partners.scopes import EventScope
from scheduling.models import Visit
from webhooks import log


def tell(visit: Visit, event: str) -> None:
    """Append the event, with ids only."""
    log.append(
        practice_id=visit.practice_id,
        scope=EventScope.ENCOUNTERS,
        event=event,
        object_id=visit.pk,
        data={
            "VisitID": visit.pk,
            "PatientID": visit.person_id,
            "ProviderID": visit.provider_id,
        },
    )

"""Events and those who want to know of them, to arrange tests with."""

from typing import Any

import factory

from partners import tenancy
from partners.models import Practice
from partners.scopes import EventScope
from tests.factories import PartnerFactory, PracticeFactory, StaffFactory
from webhooks import log
from webhooks.models import EVENT_SCOPES, Subscription


class SubscriptionFactory(StaffFactory):
    """Wants every scope; give its partner a key, or it may be told of nothing."""

    class Meta:
        model = Subscription

    partner = factory.SubFactory(PartnerFactory)
    practice = factory.SubFactory(PracticeFactory)
    hook_url = "https://partner.example.com/officepro/webhooks"
    scopes = EVENT_SCOPES
    secret = ""


def happen(practice: Practice, *objects: int, **changes: Any) -> None:
    """Each of the objects has an event of its own, all in one transaction."""
    facts = {"scope": EventScope.PATIENTS, "event": "patient.created", **changes}
    with tenancy.within_practice(practice.pk):
        for number in objects:
            log.append(
                practice_id=practice.pk,
                object_id=number,
                **{"data": {"PatientID": number}, **facts},
            )

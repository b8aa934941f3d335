"""Rows to arrange tests with, written as staff would write them."""

from typing import Any

import factory

from partners import keys, tenancy
from partners.models import ApiKey, Partner, Practice
from partners.scopes import ALL_SCOPES
from scheduling.models import Provider


class StaffFactory(factory.django.DjangoModelFactory[Any]):
    """Writes as the staff role, since the serving role may not."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with tenancy.acting_as(tenancy.STAFF, staff="tests"):
            return super()._create(model_class, *args, **kwargs)


class PracticeFactory(StaffFactory):
    """A practice in New York."""

    class Meta:
        model = Practice

    ppass = factory.Sequence(lambda n: f"Practice{n}")
    name = factory.Faker("company")
    time_zone = "America/New_York"


class PartnerFactory(StaffFactory):
    """An outside company."""

    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Partner {n}")


class ApiKeyFactory(StaffFactory):
    """A key whose text is kept at `.text`, for this test only."""

    class Meta:
        model = ApiKey

    partner = factory.SubFactory(PartnerFactory)
    practice = factory.SubFactory(PracticeFactory)
    name = "test key"
    scopes = list(ALL_SCOPES)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        new = keys.mint(is_sandbox=kwargs["practice"].is_sandbox)
        kwargs |= {"lookup_id": new.lookup_id, "digest": new.digest, "pepper": new.pepper}
        key = super()._create(model_class, *args, **kwargs)
        key.text = new.text
        return key


class ProviderFactory(StaffFactory):
    """Somebody who sees patients."""

    class Meta:
        model = Provider

    practice = factory.SubFactory(PracticeFactory)
    name = factory.Faker("name")
    title = "PA-C"
    specialty = "Aesthetics"

"""Two partners, and what they called."""

import datetime

import pytest
from django.utils import timezone

from tests.dashboard.rows import call, count, write
from tests.factories import ApiKeyFactory, PartnerFactory

PATH = "/dashboard/partners/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def acme(our_practice, other_practice):
    """Works for both practices: two keys work, one does not."""
    made = PartnerFactory.create(
        name="Acme",
        company_name="Acme Health Inc.",
        contact_name="Ada Lovelace",
        email="ada@acme.example",
        website="https://acme.example/",
    )
    used = datetime.datetime(2026, 3, 9, 12, 30, tzinfo=datetime.UTC)
    ApiKeyFactory.create(partner=made, practice=our_practice, name="ours", last_used_at=used)
    ApiKeyFactory.create(
        partner=made, practice=other_practice, name="theirs", last_used_at=used + DAY
    )
    ApiKeyFactory.create(
        partner=made, practice=our_practice, name="ended", revoked_at=timezone.now()
    )
    return made


@pytest.fixture
def zeta(other_practice):
    """Switched off; has a key in the other practice alone."""
    made = PartnerFactory.create(name="Zeta", is_active=False)
    ApiKeyFactory.create(partner=made, practice=other_practice, name="zeta's")
    return made


@pytest.fixture
def traffic(acme, zeta, our_practice, other_practice):
    """Four calls of Acme in ours, one of them refused, one in the other; one long ago."""
    now = timezone.now()
    ours = {"partner_id": acme.pk, "practice_id": our_practice.pk}
    write(
        call(at=now, **ours),
        call(at=now - DAY, **ours),
        call(at=now - 3 * DAY, **ours),
        call(at=now - 3 * DAY, status=409, **ours),
        call(at=now - DAY, partner_id=acme.pk, practice_id=other_practice.pk),
        call(at=now - 9 * DAY, **ours),
    )
    count()

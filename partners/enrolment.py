"""A practice or a partner comes aboard."""

from typing import Any

from django.db import IntegrityError, transaction

from partners.models import Partner, Practice


def find_practice(ppass: str) -> Practice | None:
    """The practice of that PPass, in whatever case it is written."""
    return Practice.objects.filter(ppass__iexact=ppass).first()


def find_partner(name: str) -> Partner | None:
    """The partner of that name, in whatever case it is written."""
    return Partner.objects.filter(name__iexact=name).first()


def enrol_practice(*, ppass: str, **facts: Any) -> tuple[Practice, bool]:
    """The practice, and whether it was made just now; one that exists keeps its facts.

    Raises ValidationError naming every field that is wrong.
    """
    if found := find_practice(ppass):
        return found, False
    practice = Practice(ppass=ppass, **{"name": ppass, **facts})
    if _save_new(practice):
        return practice, True
    return Practice.objects.get(ppass__iexact=ppass), False


def enrol_partner(*, name: str, **facts: Any) -> tuple[Partner, bool]:
    """The partner, and whether it was made just now; one that exists keeps its facts.

    Raises ValidationError naming every field that is wrong.
    """
    if found := find_partner(name):
        return found, False
    partner = Partner(name=name, **facts)
    if _save_new(partner):
        return partner, True
    return Partner.objects.get(name__iexact=name), False


def _save_new(row: Practice | Partner) -> bool:
    """Insert; False if somebody else did so between our look and our write."""
    row.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True

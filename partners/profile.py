"""A partner's own profile, by functions: the serving role may read no partner."""

from collections.abc import Mapping

from django.db import IntegrityError, connection

from partners.models import Partner

# What a partner may change of itself.
FIELDS = (
    "name", "company_name", "contact_name", "email", "phone", "website", "alert_email",
)  # fmt: skip


class NameIsTaken(Exception):
    """Another partner goes by this name."""


def own(*, to_change: bool = False) -> Partner:
    """The partner that calls; with `to_change` its row is ours until the transaction ends."""
    partner: Partner = Partner.objects.raw("SELECT * FROM partners_profile(%s)", [to_change])[0]
    return partner


def change(values: Mapping[str, str]) -> None:
    """Change these of FIELDS of the partner that calls. Raises NameIsTaken."""
    if strangers := values.keys() - {*FIELDS}:
        raise ValueError(f"A partner does not change its {', '.join(strangers)}.")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT partners_change_profile(%s, %s, %s, %s, %s, %s, %s)",
                [values.get(name) for name in FIELDS],
            )
    except IntegrityError as error:
        raise NameIsTaken from error

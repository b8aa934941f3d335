"""Partners as the list of them shows them."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString

from dashboard.overview import per_cent
from dashboard.usage import Figures
from partners.badges import on_or_off
from partners.models import AccessRequest, ApiKey, Partner, working_at

STATES = {"": "On and off", "on": "On", "off": "Off"}


@dataclass(frozen=True, kw_only=True)
class PartnerLine:
    """A partner, with its keys and calls in a practice or in all."""

    partner: Partner
    state: SafeString
    keys: int
    last_used_at: datetime.datetime | None
    calls: str
    errors: str
    success: str


def found(*, practice_id: int, state: str, text: str) -> QuerySet[Partner]:
    """Partners that have, or had, a key in a practice (0: any), by parts of their names; sorted."""
    partners = Partner.objects.order_by("name")
    if practice_id:
        keys = ApiKey.objects.filter(partner=OuterRef("pk"), practice_id=practice_id)
        partners = partners.filter(Exists(keys))
    if state:
        partners = partners.filter(is_active=state == "on")
    if text:
        fields = ("name", "company_name", "contact_name", "email")
        partners = partners.filter(
            Q(*((f"{field}__icontains", text) for field in fields), _connector=Q.OR)
        )
    return partners


def lines(
    partners: Sequence[Partner],
    figures: Mapping[int, Figures],
    *,
    practice_id: int,
    now: datetime.datetime,
) -> list[PartnerLine]:
    """The partners with their figures, in one query more."""
    keys = ApiKey.objects.filter(partner__in=partners)
    if practice_id:
        keys = keys.filter(practice_id=practice_id)
    counted = (
        keys.order_by()
        .values("partner_id")
        .annotate(working=Count("pk", filter=working_at(now)), last=Max("last_used_at"))
    )
    known: dict[int, Any] = {row["partner_id"]: row for row in counted}
    return [
        _line(partner, known.get(partner.pk, {}), figures.get(partner.pk, Figures()))
        for partner in partners
    ]


def open_requests(partner: Partner) -> QuerySet[AccessRequest]:
    """What waits for a decision and seems to come from a partner, by its name or its e-mail."""
    names = {name for name in (partner.name, partner.company_name) if name}
    same = Q(*(("company__iexact", name) for name in names), _connector=Q.OR)
    if partner.email:
        same |= Q(email__iexact=partner.email)
    return AccessRequest.objects.filter(same, status=AccessRequest.Status.PENDING)


def _line(partner: Partner, keys: Mapping[str, Any], figures: Figures) -> PartnerLine:
    rate = figures.success_rate
    return PartnerLine(
        partner=partner,
        state=on_or_off(is_active=partner.is_active),
        keys=keys.get("working", 0),
        last_used_at=keys.get("last"),
        calls=f"{figures.calls:,}",
        errors=f"{figures.errors:,}",
        success="–" if rate is None else per_cent(rate),
    )

"""What somebody wants to see on a staff page, read off its address, so that a link is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.usage import Whose
from partners.models import Partner, Practice


class PracticeOption(NamedTuple):
    """A practice to choose. (There may be thousands on a page, too many for whole rows.)"""

    pk: int
    ppass: str
    name: str


class PartnerOption(NamedTuple):
    """A partner to choose."""

    pk: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Practice and partner, None for all; `faults` is what was asked for and is not there."""

    practices: Sequence[PracticeOption]
    partners: Sequence[PartnerOption]
    practice: PracticeOption | None
    partner: PartnerOption | None
    faults: Sequence[str]

    @property
    def whose(self) -> Whose:
        """The same for the figures."""
        return Whose(
            practice_id=self.practice.pk if self.practice else 0,
            partner_id=self.partner.pk if self.partner else 0,
        )

    @property
    def practice_names(self) -> Mapping[int, str]:
        """The PPass of each practice."""
        return {one.pk: one.ppass for one in self.practices}

    @property
    def partner_names(self) -> Mapping[int, str]:
        """The name of each partner."""
        return {one.pk: one.name for one in self.partners}

    def query(self, **more: Any) -> str:
        """The address's query for this choice and more."""
        facts = {
            "practice": self.practice.ppass if self.practice else "",
            "partner": self.partner.pk if self.partner else "",
            **more,
        }
        return address(**facts)


def address(**facts: Any) -> str:
    """An address's query, of the facts that there are."""
    return urlencode({name: value for name, value in facts.items() if value not in ("", None)})


def read(asked: QueryDict) -> Choice:
    """The choice that an address makes, by PPass and by the partner's number."""
    practices = [
        PracticeOption(*row) for row in Practice.objects.values_list(*PracticeOption._fields)
    ]
    partners = [PartnerOption(*row) for row in Partner.objects.values_list(*PartnerOption._fields)]
    ppass, number = asked.get("practice", ""), asked.get("partner", "")
    practice = next((one for one in practices if one.ppass.lower() == ppass.lower()), None)
    partner = next((one for one in partners if str(one.pk) == number), None)
    faults = []
    if ppass and practice is None:
        faults.append("There is no such practice; these are all of them.")
    if number and partner is None:
        faults.append("There is no such partner; these are all of them.")
    return Choice(
        practices=practices,
        partners=partners,
        practice=practice,
        partner=partner,
        faults=faults,
    )


def name_of(names: Mapping[int, str], number: int | None) -> str:
    """A name, the number of who has none any more, '' for nobody."""
    return "" if number is None else names.get(number, str(number))

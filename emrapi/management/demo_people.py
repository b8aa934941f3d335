"""Made-up people: numbers of the exchange 555, which nobody has, and mail to example.com."""

import datetime
import random
from collections.abc import Iterator, Sequence
from typing import Any

from emrapi.management import demo_names

# City, state, ZIP and area code.
Place = tuple[str, str, str, str]

_FAMILY_WEIGHTS = [1 / (rank + 8) for rank in range(len(demo_names.FAMILIES))]
_YOUNGEST, _OLDEST, _USUAL = 500, 32_000, 14_000  # days
_STAGES = ((2, "Infant"), (4, "Toddler"), (13, "Child"), (18, "Adolescent"), (26, "EarlyAdult"))


def people(
    *, seed: str, places: Sequence[Place], today: datetime.date, first: int = 1
) -> Iterator[dict[str, Any]]:
    """People without end, as attributes of Person; the same seed and day give the same ones.

    `first` is the number of the first; a person's number is part of the e-mail address.
    """
    chance = random.Random(seed)  # noqa: S311  # nosec B311
    number = first
    while True:
        yield _person(chance, number, places, today)
        number += 1


def _person(
    chance: random.Random, number: int, places: Sequence[Place], today: datetime.date
) -> dict[str, Any]:
    is_woman = chance.random() < 0.55
    first = chance.choice(demo_names.WOMEN if is_woman else demo_names.MEN)
    last = chance.choices(demo_names.FAMILIES, _FAMILY_WEIGHTS)[0]
    city, state, postal_code, area = chance.choice(places)
    age = datetime.timedelta(days=int(chance.triangular(_YOUNGEST, _OLDEST, _USUAL)))
    person: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "gender": "f" if is_woman else "m",
        "birth_date": today - age,
        "life_stage": _life_stage(age.days // 365),
        "email": f"{first}.{last}{number}@example.com".lower().replace("'", ""),
        "cell_phone": _phone(chance, area),
        "address": f"{chance.randrange(1, 990)} {chance.choice(demo_names.STREETS)}",
        "city": city,
        "state": state,
        "postal_code": postal_code,
        "country": "US",
        "primary_language": chance.choice(demo_names.LANGUAGES),
        "is_prospect": chance.random() < 0.6,
    }
    if chance.random() < 0.4:
        person["middle_initial"] = chance.choice("ABCDEFGHJKLMNPRSTW")
    if chance.random() < 0.3:
        person["phone"] = _phone(chance, area)
    if chance.random() < 0.15:
        person["notes"] = chance.choice(demo_names.NOTES)
    if first in demo_names.NICKNAMES:
        person["nickname"] = demo_names.NICKNAMES[first]
    return person


def _phone(chance: random.Random, area: str) -> str:
    return f"({area}) 555-{chance.randrange(10_000):04d}"


def _life_stage(age: int) -> str:
    for below, stage in _STAGES:
        if age < below:
            return stage
    return "Adult" if age < 65 else "Senior"

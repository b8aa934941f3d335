"""Ten days of made-up traffic, as a small platform has it."""

import datetime
import math
import random

from partners.models import Partner, Practice
from tests.dashboard.rows import call, count, write

_ROUTES = [
    ("GET", "v1/<ppass:ppass>/prospects", 30, 9.0),
    ("POST", "v1/<ppass:ppass>/prospects", 12, 24.0),
    ("GET", "v1/<ppass:ppass>/availability/providers/<id:provider_id>/next-slot", 18, 14.0),
    ("GET", "v1/<ppass:ppass>/availability/slots", 10, 41.0),
    ("POST", "v1/<ppass:ppass>/visits/book", 8, 33.0),
    ("POST", "v1/<ppass:ppass>/auth/token", 6, 4.0),
    ("GET", "v1/<ppass:ppass>/tags", 9, 3.0),
    ("PUT", "v1/<ppass:ppass>/prospects/<id:prospect_id>", 5, 21.0),
    ("GET", "v1/me", 2, 2.5),
]
_ERRORS = [400, 401, 404, 409, 409, 422, 429, 500]


def make(
    practices: list[Practice], partners: list[Partner], now: datetime.datetime, calls: int = 4000
) -> None:
    """Write and count it: more by day than by night, the second half with fewer errors."""
    chance = random.Random(6)
    rows = []
    while len(rows) < calls:
        at = now - datetime.timedelta(seconds=chance.random() ** 1.2 * 12 * 86400)
        if chance.random() > 0.35 + 0.6 * math.sin(math.pi * ((at.hour - 5) % 24) / 24):
            continue
        method, route, _, usual = chance.choices(_ROUTES, [weight for *_, weight, _ in _ROUTES])[0]
        failed = chance.random() < 0.04
        known = chance.random() > 0.02
        practice = chance.choice(practices)
        path = "/" + route.replace("<ppass:ppass>", practice.ppass)
        rows.append(
            call(
                at=at,
                method=method,
                route=route,
                path=path.replace("<id:provider_id>", "3").replace("<id:prospect_id>", "1042"),
                status=chance.choice(_ERRORS) if failed else 201 if method == "POST" else 200,
                duration_ms=round(usual * chance.lognormvariate(0, 0.6), 3),
                practice_id=practice.pk if known else None,
                partner_id=chance.choice(partners).pk if known else None,
                key_id=None,
                ip=f"203.0.113.{chance.randrange(4, 40)}",
                request_id=f"{chance.getrandbits(128):032x}",
            )
        )
    write(*sorted(rows))
    count()

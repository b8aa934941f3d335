"""The rows of the `growth` benchmark: a platform of a certain size, and the same twice as large.

The first practice, who asks, has more of everything; the others make the tables long.
"""

import datetime
from typing import Any

import psycopg

from tests.benchmarks import api_calls, calendars, kb_search, people, stage, ticket_list

# For each unit of size.
PRACTICES = 100
PEOPLE, OF_OTHERS = 10_000, 300
TICKETS, TICKETS_OF_OTHERS = 10_000, 50
PROVIDERS, DAYS_PAST, DAYS_AHEAD = 5, 150, 120
PRODUCTS, ARTICLES = 10_000, 3_000
EVENTS, DUE, CALLS = 50_000, 5_000, 200_000

# The day from today on which the first provider is free.
FREE_ON = 90

_MORE = """
INSERT INTO partners_partner (id, name, company_name, contact_name, email, phone, website,
    alert_email, is_active, created_at) VALUES (1, 'Bench', '', '', '', '', '', '', true, now());

INSERT INTO partners_apikey (partner_id, practice_id, name, scopes, allowed_networks, lookup_id,
    digest, pepper, created_at)
SELECT 1, n, 'bench', '{Patients}', '{}', lpad(n::text, 8, '0'), '', '', now()
FROM generate_series(1, %(practices)s) AS n;

INSERT INTO scheduling_visittypeprovider (practice_id, visit_type_id, provider_id)
SELECT practice_id, 1, id FROM scheduling_provider;

INSERT INTO catalog_product (vendor_code, product_code, name, description, category, upc, unit,
    cost, retail_price, is_active, updated_at)
SELECT 'V' || n %% 20, 'P' || n, 'Serum ' || n * 7919 %% 1000003, 'Bottle of ' || n, 'Care', '',
    'each', n %% 100, n %% 100 + 10, true, now()
FROM generate_series(1, %(products)s) AS n;

INSERT INTO webhooks_subscription (practice_id, partner_id, secret, hook_url, scopes, status,
    disabled_reason, previous_secret, failures, created_at, updated_at)
SELECT n, 1, 'unused', 'https://partner.example/hook', '{Patients}', 'active', '', '', 0, now(),
    now()
FROM generate_series(1, %(practices)s) AS n
"""

# Every tenth is of the first practice.
EVENTS_HAPPEN = """
INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)
SELECT CASE n %% 10 WHEN 0 THEN 1 ELSE 1 + n %% %(practices)s END, 'Patients', 'patient.created', n,
    jsonb_build_object('n', n)
FROM generate_series(1, %(events)s) AS n
"""

_DELIVERED = """
UPDATE webhooks_delivery SET status = 'delivered', attempts = 1, finished_at = now()
WHERE id <= (SELECT max(id) FROM webhooks_delivery) - %s
"""


def load(owner: psycopg.Connection[Any], size: int) -> None:
    """Fill a database; the events are yet to be handed out."""
    practices = PRACTICES * size
    stage.add_practices(owner, practices, zone=calendars.ZONE.key)
    others = range(2, practices + 1)
    people.load(owner, {1: PEOPLE * size} | dict.fromkeys(others, OF_OTHERS))
    ticket_list.load(owner, {1: TICKETS * size} | dict.fromkeys(others, TICKETS_OF_OTHERS))
    past = DAYS_PAST * size
    calendars.load(
        owner,
        {1: past + FREE_ON} | dict.fromkeys(range(2, PROVIDERS * size + 1)),
        past + DAYS_AHEAD,
        first=today() - datetime.timedelta(days=past),
    )
    kb_search.load(owner, ARTICLES * size)
    midnight = datetime.datetime.now(datetime.UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    api_calls.load(owner, calls=CALLS * size, until=midnight)
    as_staff(owner, _MORE, practices=practices, products=PRODUCTS * size)
    as_staff(owner, EVENTS_HAPPEN, practices=practices, events=EVENTS * size)


def settle(owner: psycopg.Connection[Any], size: int) -> None:
    """When the events have been handed out: most are delivered, and the last are still due."""
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        owner.execute(_DELIVERED, [DUE * size])
    owner.execute("VACUUM ANALYZE")


def as_staff(owner: psycopg.Connection[Any], statements: str, **values: Any) -> None:
    """Run statements that see every practice."""
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        for statement in statements.split(";"):
            owner.execute(statement, values)


def today() -> datetime.date:
    """By the clock of the practices."""
    return datetime.datetime.now(calendars.ZONE).date()

"""A million made-up people, in a minute: names as frequent as in the United States."""

import random
from typing import Any

import psycopg
from faker.providers.person.en_US import Provider as Names

_POOL = 20_000


def load(owner: psycopg.Connection[Any], sizes: dict[int, int]) -> None:
    """Fill practices, given as id and number of people; their rows lie mixed, as in real life.

    Indexes are made after the rows, and no history is kept of them: this is a table's worth of data
    and not a test of writing it.
    """
    indexes = owner.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = 'prospects_person'::regclass AND NOT i.indisprimary"
    ).fetchall()
    owner.execute("SET maintenance_work_mem = '512MB'")
    owner.execute("ALTER TABLE prospects_person DISABLE TRIGGER USER")
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    _copy_names(owner)
    owner.execute(
        "CREATE TEMP TABLE bench_size AS SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
        " AS s (practice_id, people)",
        [list(sizes), list(sizes.values())],
    )
    owner.execute(_INSERT)
    owner.execute("ALTER TABLE prospects_person ENABLE TRIGGER USER")
    for _, definition in indexes:
        owner.execute(definition.replace(" ON ONLY ", " ON "))  # on every part of the table
    owner.execute("VACUUM ANALYZE prospects_person")


def _copy_names(owner: psycopg.Connection[Any]) -> None:
    chance = random.Random(1)
    for table, names in (("bench_first", Names.first_names), ("bench_last", Names.last_names)):
        pool = chance.choices(list(names), list(names.values()), k=_POOL)
        owner.execute(f"CREATE TEMP TABLE {table} (n int PRIMARY KEY, name text)")
        with owner.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in enumerate(pool):
                copy.write_row(row)
        owner.execute(f"ANALYZE {table}")


# hashint8extended gives numbers that look random and are the same in every run.
_INSERT = f"""
INSERT INTO prospects_person (
    practice_id, is_prospect, first_name, last_name, full_name, email, phone, cell_phone,
    birth_date, gender, address, city, state, postal_code, country, normalized_phones, identities)
SELECT practice_id, a % 3 > 0, first, last, first || ' ' || last, email, phone, cell_phone,
    birth_date, (ARRAY['m', 'f', 'o', 'u'])[1 + a % 4], b % 9000 + 1 || ' Main Street',
    'Springfield', 'IL', lpad((c % 99999)::text, 5, '0'), 'US', '1' || translate(phone, '-', ''),
    ARRAY['email:' || email, 'phone:1' || translate(phone, '-', ''),
          'name+dob:' || lower(first || ' ' || last) || ' ' || birth_date]
FROM (
    SELECT practice_id, a, b, c, f.name AS first, l.name AS last,
        lower(f.name || '.' || l.name) || a % 1000
            || (ARRAY['@example.com', '@example.org', '@mail.example.net'])[1 + b % 3] AS email,
        concat_ws('-', 201 + a % 700, 200 + b % 800, lpad((c % 10000)::text, 4, '0')) AS phone,
        CASE WHEN a % 3 = 0 THEN
            concat_ws('-', 201 + b % 700, 200 + c % 800, lpad((a % 10000)::text, 4, '0'))
            ELSE '' END AS cell_phone,
        date '1940-01-01' + (c % 29000)::int AS birth_date
    FROM (
        SELECT practice_id,
            abs(hashint8extended(practice_id * 1000000 + n, 1) % 1000000007) AS a,
            abs(hashint8extended(practice_id * 1000000 + n, 2) % 1000000007) AS b,
            abs(hashint8extended(practice_id * 1000000 + n, 3) % 1000000007) AS c
        FROM bench_size, generate_series(1, people) AS n
    ) AS numbers
    JOIN bench_first f ON f.n = a % {_POOL}
    JOIN bench_last l ON l.n = b % {_POOL}
    ORDER BY c, a
) AS people
"""

"""Made-up people by the hundred thousand, in statements of thousands.

The rows are what one by one they would be: normal forms, history (by its triggers) and an event for
each. COPY does not go into a table with row-level security, so it fills a temporary one first.
"""

import datetime
import itertools
from collections.abc import Callable, Iterator, Sequence

from django.db import connection, transaction
from psycopg import sql

from emrapi.management.demo_people import Place, people
from partners.models import Practice
from partners.scopes import EventScope
from prospects.models import Person
from webhooks import log

BATCH = 2_000
# What `demo_people` gives, and what `Person.derive` makes of it.
_COLUMNS = (
    "practice_id first_name middle_initial last_name full_name nickname gender birth_date"
    " life_stage primary_language phone cell_phone email address city state postal_code country"
    " is_prospect notes normalized_phones normalized_postal_code identities"
).split()
_NAMES = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
_STAGE = sql.SQL("CREATE TEMP TABLE crowd AS SELECT {} FROM prospects_person WITH NO DATA").format(
    _NAMES
)
_FILL = sql.SQL("COPY crowd ({}) FROM STDIN").format(_NAMES)
_TAKE = sql.SQL("INSERT INTO prospects_person ({0}) SELECT {0} FROM crowd RETURNING id").format(
    _NAMES
)


def add_people(
    *, practice: Practice, count: int, places: Sequence[Place], before_each: Callable[[], None]
) -> Iterator[int]:
    """Add `count` people; yields after every batch, when it is committed, how many that were.

    `before_each` is called at the start of each batch's transaction.
    """
    there = Person.objects.filter(practice=practice).count()
    today = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    made_up = people(seed=f"{practice.ppass} {there}", places=places, today=today, first=there + 1)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        batch = [Person(practice=practice, **facts) for facts in itertools.islice(made_up, size)]
        with transaction.atomic():
            before_each()
            _insert(practice.pk, batch)
        yield size


def _insert(practice_id: int, batch: list[Person]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_FILL) as copy:
            for person in batch:
                person.derive()
                copy.write_row([getattr(person, column) for column in _COLUMNS])
        cursor.execute(_TAKE)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE crowd")
    log.append_many(
        practice_id=practice_id,
        scope=EventScope.PATIENTS,
        event="patient.created",
        data={person_id: {"PatientID": person_id} for person_id in ids},
    )

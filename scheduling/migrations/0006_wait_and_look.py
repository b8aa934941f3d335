"""Waiting for others who book, and looking at what they left."""

from django.db import migrations

# plpgsql looks anew with each statement: what is read here is what was committed by those for whom
# the locks made us wait.
_WAIT_AND_LOOK = """
CREATE FUNCTION scheduling_wait_and_look(
    lock_keys bigint[], practice bigint, providers bigint[], rooms bigint[], since timestamptz,
    until timestamptz, at timestamptz, but_visit bigint, but_hold bigint
) RETURNS TABLE (what text, owner bigint, starts bigint, ends bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM count(pg_advisory_xact_lock(key)) FROM unnest(lock_keys) AS key;
    RETURN QUERY SELECT * FROM scheduling_taken(
        practice, providers, rooms, since, until, at, but_visit, but_hold);
END $$
"""


class Migration(migrations.Migration):
    """One function, so that it is one round trip."""

    dependencies = [("scheduling", "0005_availability")]

    operations = [
        migrations.RunSQL(_WAIT_AND_LOOK, "DROP FUNCTION scheduling_wait_and_look"),
    ]

"""What is taken is read by one function, for availability and for booking.

It also tells rooms that holds keep from rooms that visits take. Booking first waits for its rivals, in
the same round trip.
"""

from importlib import import_module

from django.db import migrations

_availability = import_module("scheduling.migrations.0005_availability")
_booking = import_module("scheduling.migrations.0006_wait_and_look")

# As `emr_staff`, with a generic plan, for the practice of the transaction: see 0005.
#
# Visits of a provider do not overlap, but for those that staff put over others on purpose; so in order
# of time there is a gap after each. Of those only the long enough are told, in a full calendar few:
# where the first begins is null, where the last ends too, and with no visits there is none. The scan
# begins with the last visit that began before the period, which may reach into it. What is told one
# by one is the rest: holds, what rooms are taken by, and visits over others.
_TAKEN = """
CREATE FUNCTION scheduling_occupied(
    practice bigint, providers bigint[], rooms bigint[], since timestamptz, until timestamptz,
    shortest interval, at timestamptz, but_visit bigint, but_hold bigint)
RETURNS TABLE (what text, owner bigint, starts bigint, ends bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    period CONSTANT tstzrange := tstzrange(since, until);
BEGIN
    PERFORM scheduling_require(practice);
    RETURN QUERY
        SELECT t.what, t.owner, CASE t.what WHEN 'gap' THEN ceil(date_part('epoch', t.starts))
            ELSE floor(date_part('epoch', t.starts)) END::bigint,
            CASE t.what WHEN 'gap' THEN floor(date_part('epoch', t.ends))
            ELSE ceil(date_part('epoch', t.ends)) END::bigint
        FROM (
            SELECT 'gap' AS what, wanted.id AS owner, gap.starts, gap.ends
            FROM unnest(providers) AS wanted (id), LATERAL (
                SELECT lag(upper(v.provider_busy)) OVER in_order AS starts,
                    lower(v.provider_busy) AS ends
                FROM scheduling_visit v
                WHERE v.practice_id = practice AND v.provider_id = wanted.id
                    AND v.status <> 'cancelled' AND NOT v.is_overbooked
                    AND v.id IS DISTINCT FROM but_visit
                    AND lower(v.provider_busy) < until
                    AND lower(v.provider_busy) >= coalesce((
                        SELECT lower(w.provider_busy)
                        FROM scheduling_visit w
                        WHERE w.practice_id = practice AND w.provider_id = wanted.id
                            AND w.status <> 'cancelled' AND NOT w.is_overbooked
                            AND lower(w.provider_busy) < since
                        ORDER BY lower(w.provider_busy) DESC
                        LIMIT 1), since)
                WINDOW in_order AS (ORDER BY lower(v.provider_busy) ROWS UNBOUNDED PRECEDING)
            ) AS gap
            WHERE gap.starts IS NULL OR gap.ends >= gap.starts + shortest
            UNION ALL
            SELECT 'gap', wanted.id, last.ends, NULL
            FROM unnest(providers) AS wanted (id), LATERAL (
                SELECT upper(v.provider_busy) AS ends
                FROM scheduling_visit v
                WHERE v.practice_id = practice AND v.provider_id = wanted.id
                    AND v.status <> 'cancelled' AND NOT v.is_overbooked
                    AND v.id IS DISTINCT FROM but_visit
                    AND lower(v.provider_busy) < until
                ORDER BY lower(v.provider_busy) DESC
                LIMIT 1
            ) AS last
            UNION ALL
            SELECT 'room', v.room_id, lower(v.during), upper(v.during)
            FROM unnest(rooms) AS wanted (id)
            JOIN scheduling_visit v ON v.practice_id = practice AND v.room_id = wanted.id
                AND v.during && period
            WHERE v.status <> 'cancelled' AND NOT v.is_overbooked
                AND v.id IS DISTINCT FROM but_visit
            UNION ALL
            SELECT x.what, x.owner, lower(x.busy), upper(x.busy)
            FROM scheduling_visit v, LATERAL (VALUES
                ('visit', v.provider_id, v.provider_busy), ('room', v.room_id, v.during)
                ) AS x (what, owner, busy)
            WHERE v.practice_id = practice AND v.is_overbooked AND v.status <> 'cancelled'
                AND v.id IS DISTINCT FROM but_visit AND x.busy && period
                AND x.owner = ANY (CASE x.what WHEN 'room' THEN rooms ELSE providers END)
            UNION ALL
            SELECT x.what, x.owner, lower(x.busy), upper(x.busy)
            FROM scheduling_hold h, LATERAL (VALUES
                ('hold', h.provider_id, h.provider_busy), ('heldRoom', h.room_id, h.during)
                ) AS x (what, owner, busy)
            WHERE h.practice_id = practice AND h.expires_at > at
                AND h.id IS DISTINCT FROM but_hold AND x.busy && period
                AND x.owner = ANY (CASE x.what WHEN 'heldRoom' THEN rooms ELSE providers END)
        ) AS t;
END $$
"""
_NAME = (
    "scheduling_occupied(bigint, bigint[], bigint[], timestamptz, timestamptz, interval,"
    " timestamptz, bigint, bigint)"
)
_RIGHTS = f"""
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION {_NAME} OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION {_NAME} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {_NAME} TO emr_web, emr_worker, emr_staff;
RESET ROLE
"""

# plpgsql looks anew with each statement of a volatile function: what the second reads is what was
# committed by those for whom the first had to wait.
_WAIT = """
CREATE FUNCTION scheduling_wait_and_look(
    lock_keys bigint[], practice bigint, providers bigint[], rooms bigint[], since timestamptz,
    until timestamptz, shortest interval, at timestamptz, but_visit bigint, but_hold bigint
) RETURNS TABLE (what text, owner bigint, starts bigint, ends bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM count(pg_advisory_xact_lock(key)) FROM unnest(lock_keys) AS key;
    RETURN QUERY SELECT * FROM scheduling_occupied(
        practice, providers, rooms, since, until, shortest, at, but_visit, but_hold);
END $$
"""
_WAIT_NAME = (
    "scheduling_wait_and_look(bigint[], bigint, bigint[], bigint[], timestamptz, timestamptz,"
    " interval, timestamptz, bigint, bigint)"
)


class Migration(migrations.Migration):
    """Two functions take the place of two, the second standing on the first."""

    dependencies = [("scheduling", "0007_schedule")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, _availability._RIGHTS),  # noqa: SLF001
        migrations.RunSQL("DROP FUNCTION scheduling_wait_and_look", _booking._WAIT_AND_LOOK),  # noqa: SLF001
        migrations.RunSQL(
            "DROP FUNCTION scheduling_taken",
            _availability._TAKEN,  # noqa: SLF001
        ),
        migrations.RunSQL(_TAKEN, f"DROP FUNCTION {_NAME}"),
        migrations.RunSQL(_RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(_WAIT, f"DROP FUNCTION {_WAIT_NAME}"),
    ]

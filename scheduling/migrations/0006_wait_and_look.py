"""Waiting for others who book, and looking at what they left."""

from django.db import migrations

# Each arm asks an index of its own: those of the two constraints, the one of what they leave out,
# and those of holds. `&&` is not leakproof, so under a policy it could ask none: the function is
# the staff role's, for which the policy vanishes, and keeps to the current practice itself.
#
# plpgsql looks anew with each statement: what is read here is what was committed by those for whom
# the locks made us wait.
_WAIT_AND_LOOK = """
CREATE FUNCTION scheduling_wait_and_look(
    lock_keys bigint[], practice bigint, provider bigint, rooms bigint[], since timestamptz,
    until timestamptz, at timestamptz, but_visit bigint, but_hold bigint
) RETURNS TABLE (what text, owner bigint, starts bigint, ends bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    period CONSTANT tstzrange := tstzrange(since, until);
BEGIN
    PERFORM scheduling_require(practice);
    PERFORM count(pg_advisory_xact_lock(key)) FROM unnest(lock_keys) AS key;
    RETURN QUERY
    SELECT t.what, t.owner, floor(date_part('epoch', lower(t.busy)))::bigint,
        ceil(date_part('epoch', upper(t.busy)))::bigint
    FROM (
        SELECT 'visit' AS what, v.provider_id AS owner, v.provider_busy AS busy
        FROM scheduling_visit v
        WHERE v.practice_id = practice AND v.provider_id = provider AND v.provider_busy && period
            AND v.status <> 'cancelled' AND NOT v.is_overbooked AND v.id <> but_visit
        UNION ALL
        SELECT 'room', v.room_id, v.during
        FROM unnest(rooms) AS wanted (id)
        JOIN scheduling_visit v ON v.practice_id = practice AND v.room_id = wanted.id
            AND v.during && period
        WHERE v.status <> 'cancelled' AND NOT v.is_overbooked AND v.id <> but_visit
        UNION ALL
        SELECT x.what, x.owner, x.busy
        FROM scheduling_visit v, LATERAL (VALUES
            ('visit', v.provider_id, v.provider_busy), ('room', v.room_id, v.during)
            ) AS x (what, owner, busy)
        WHERE v.practice_id = practice AND v.is_overbooked AND v.status <> 'cancelled'
            AND v.id <> but_visit AND x.busy && period
            AND x.owner = ANY (CASE x.what WHEN 'room' THEN rooms ELSE ARRAY[provider] END)
        UNION ALL
        SELECT 'hold', h.provider_id, h.provider_busy
        FROM scheduling_hold h
        WHERE h.practice_id = practice AND h.provider_id = provider AND h.expires_at > at
            AND h.provider_busy && period AND h.id <> but_hold
        UNION ALL
        SELECT 'room', h.room_id, h.during
        FROM scheduling_hold h
        WHERE h.practice_id = practice AND h.room_id = ANY (rooms) AND h.expires_at > at
            AND h.during && period AND h.id <> but_hold
    ) AS t;
END $$;
-- A function's owner needs CREATE on the schema for the moment of the change of owner, no longer.
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION scheduling_wait_and_look OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
-- As their owner: whoever may not change a function may not say who calls it either.
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION scheduling_wait_and_look FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scheduling_wait_and_look TO emr_web, emr_staff;
RESET ROLE;
"""


class Migration(migrations.Migration):
    """One function, so that it is one round trip."""

    dependencies = [("scheduling", "0005_availability")]

    operations = [
        migrations.RunSQL(_WAIT_AND_LOOK, "DROP FUNCTION scheduling_wait_and_look"),
    ]

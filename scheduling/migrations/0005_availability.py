"""Two functions that read what availability needs, each in one statement.

They run as `emr_staff`, because under row-level security neither `&&` nor a function of a range may
use an index: such conditions could tell about rows of others before the policy has hidden them. So
they compare the practice with that of the transaction themselves, and refuse any other. Their plans are
generic, because making one anew takes longer than most answers.
"""

from django.db import migrations

_FRAME = """
CREATE FUNCTION scheduling_frame(
    practice bigint, providers bigint[], wanted_type bigint,
    since timestamptz, until timestamptz)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM scheduling_require(practice);
    RETURN json_build_object(
        'rules', (
            SELECT json_build_array(grid_minutes, minimum_notice_minutes, horizon_days)
            FROM scheduling_calendarrules WHERE practice_id = practice),
        'active', (
            SELECT json_agg(id)
            FROM scheduling_provider
            WHERE practice_id = practice AND id = ANY (providers) AND is_active),
        'hours', (
            SELECT json_agg(json_build_array(
                provider_id, weekday, opens, closes, valid_from, valid_until))
            FROM scheduling_weeklyhours
            WHERE practice_id = practice AND provider_id = ANY (providers)),
        'closures', (
            SELECT json_agg(scheduling_seconds(during))
            FROM scheduling_closure
            WHERE practice_id = practice AND during && tstzrange(since, until)),
        'time_off', (
            SELECT json_agg(json_build_array(provider_id, scheduling_seconds(during)))
            FROM scheduling_timeoff
            WHERE practice_id = practice AND provider_id = ANY (providers)
                AND during && tstzrange(since, until)),
        'buffers', (
            SELECT json_build_array(buffer_before_minutes, buffer_after_minutes)
            FROM scheduling_visittype WHERE practice_id = practice AND id = wanted_type AND is_active),
        'allowed', (
            SELECT json_agg(provider_id)
            FROM scheduling_visittypeprovider
            WHERE practice_id = practice AND visit_type_id = wanted_type
                AND provider_id = ANY (providers)),
        'rooms', (
            SELECT json_agg(json_build_array(resource_id, is_active) ORDER BY position, resource_id)
            FROM scheduling_visittyperesource r
            JOIN scheduling_resource s ON s.practice_id = practice AND s.id = r.resource_id
            WHERE r.practice_id = practice AND r.visit_type_id = wanted_type)
    )::text;
END $$
"""

# Visits of a provider do not overlap, but for those that staff put over others on purpose; so in order
# of time there is a gap after each. Of those only the long enough are told, in a full calendar few:
# where the first begins is null, where the last ends too, and with no visits there is none. The scan
# begins with the last visit that began before the period, which may reach into it. What is told one
# by one is the rest: holds, what rooms are taken by, and visits over others.
_TAKEN = """
CREATE FUNCTION scheduling_taken(
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
                ('hold', h.provider_id, h.provider_busy), ('room', h.room_id, h.during)
                ) AS x (what, owner, busy)
            WHERE h.practice_id = practice AND h.expires_at > at
                AND h.id IS DISTINCT FROM but_hold AND x.busy && period
                AND x.owner = ANY (CASE x.what WHEN 'room' THEN rooms ELSE providers END)
        ) AS t;
END $$
"""

_REQUIRE = """
CREATE FUNCTION scheduling_require(practice bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF practice IS DISTINCT FROM nullif(current_setting('app.practice_id', true), '')::bigint THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('practice %s is not that of the transaction', practice);
    END IF;
END $$
"""

_SECONDS = """
CREATE FUNCTION scheduling_seconds(during tstzrange) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[floor(date_part('epoch', lower(during)))::bigint,
                 ceil(date_part('epoch', upper(during)))::bigint]
$$
"""

_FRAME_NAME = "scheduling_frame(bigint, bigint[], bigint, timestamptz, timestamptz)"
_TAKEN_NAME = (
    "scheduling_taken(bigint, bigint[], bigint[], timestamptz, timestamptz, interval,"
    " timestamptz, bigint, bigint)"
)


# Changing a function's owner takes CREATE on the schema, for that moment; only the owner may then
# say who calls it.
_RIGHTS = f"""
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION {_FRAME_NAME} OWNER TO emr_staff;
ALTER FUNCTION {_TAKEN_NAME} OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION {_FRAME_NAME}, {_TAKEN_NAME} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {_FRAME_NAME}, {_TAKEN_NAME} TO emr_web, emr_worker, emr_staff;
RESET ROLE
"""


class Migration(migrations.Migration):
    """Read calendars fast, and of the transaction's practice only."""

    dependencies = [("scheduling", "0004_booking")]

    operations = [
        # All columns, so that gaps are found without a look at the table.
        migrations.RunSQL(
            "CREATE INDEX visit_in_order ON scheduling_visit"
            " (practice_id, provider_id, lower(provider_busy)) INCLUDE (provider_busy, id)"
            " WHERE status <> 'cancelled' AND NOT is_overbooked",
            "DROP INDEX visit_in_order",
        ),
        migrations.RunSQL(_REQUIRE, "DROP FUNCTION scheduling_require(bigint)"),
        migrations.RunSQL(_SECONDS, "DROP FUNCTION scheduling_seconds(tstzrange)"),
        migrations.RunSQL(_FRAME, f"DROP FUNCTION {_FRAME_NAME}"),
        migrations.RunSQL(_TAKEN, f"DROP FUNCTION {_TAKEN_NAME}"),
        migrations.RunSQL(_RIGHTS, migrations.RunSQL.noop),
    ]

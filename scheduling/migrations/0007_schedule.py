"""A provider's schedule by an index."""

from django.db import migrations

from partners.tenancy import CURRENT_PRACTICE

# `&&` is not leakproof: in a query of the serving role it would be asked of every visit of the
# practice. In this function, which the staff role owns, the policy vanishes; it holds to the
# current practice itself.
_NAME = "scheduling_schedule(bigint, timestamptz, timestamptz, bigint)"
_SCHEDULE = f"""
CREATE FUNCTION scheduling_schedule(
    wanted_provider bigint, first timestamptz, until timestamptz, wanted_type bigint
) RETURNS TABLE (id bigint, during tstzrange, visit_type varchar)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.during, t.name
    FROM scheduling_visit v
    JOIN scheduling_visittype t ON t.practice_id = v.practice_id AND t.id = v.visit_type_id
    WHERE v.practice_id = {CURRENT_PRACTICE} AND v.provider_id = wanted_provider
      AND v.during && tstzrange(first, until) AND lower(v.during) >= first
      AND v.status <> 'cancelled' AND (wanted_type IS NULL OR v.visit_type_id = wanted_type)
    ORDER BY lower(v.during), v.id;
END $$;
"""  # noqa: S608 - made of constants
_RIGHTS = f"""
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION {_NAME} OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION {_NAME} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {_NAME} TO emr_web, emr_staff;
RESET ROLE
"""


class Migration(migrations.Migration):
    """Read a schedule fast, and of the transaction's practice only."""

    dependencies = [("scheduling", "0006_wait_and_look")]

    operations = [
        migrations.RunSQL(_SCHEDULE, f"DROP FUNCTION {_NAME}"),
        migrations.RunSQL(_RIGHTS, migrations.RunSQL.noop),
    ]

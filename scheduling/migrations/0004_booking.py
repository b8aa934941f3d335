"""Holds that are over, and visits that were put over others."""

from django.contrib.postgres.indexes import GistIndex
from django.db import migrations, models

# Of all practices: the worker that cleans up knows none.
_FORGET_HOLDS = """
CREATE FUNCTION scheduling_forget_holds(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM scheduling_hold WHERE id IN (
            SELECT id FROM scheduling_hold WHERE expires_at <= before FOR UPDATE SKIP LOCKED
        ) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
-- A function's owner needs CREATE on the schema for the moment of the change of owner, no longer.
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION scheduling_forget_holds OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
-- As their owner: whoever may not change a function may not say who calls it either.
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION scheduling_forget_holds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scheduling_forget_holds TO emr_worker;
RESET ROLE;
"""

# A deliberate overbooking is for staff to make: the serving role cannot, whatever it is told.
_STAFF_ONLY = """
CREATE POLICY overbooking_is_for_staff ON scheduling_visit AS RESTRICTIVE FOR INSERT
TO emr_web, emr_worker WITH CHECK (NOT is_overbooked)
"""


class Migration(migrations.Migration):
    """A function with its index, a policy, and an index for what the constraints leave out."""

    dependencies = [("scheduling", "0003_tenancy")]

    operations = [
        migrations.RunSQL(_FORGET_HOLDS, "DROP FUNCTION scheduling_forget_holds"),
        migrations.RunSQL(_STAFF_ONLY, "DROP POLICY overbooking_is_for_staff ON scheduling_visit"),
        migrations.AddIndex(
            model_name="visit",
            index=GistIndex(
                fields=["practice", "provider", "provider_busy"],
                name="visit_overbooked",
                condition=models.Q(is_overbooked=True) & ~models.Q(status="cancelled"),
            ),
        ),
        migrations.AddIndex(
            model_name="hold", index=models.Index(fields=["expires_at"], name="hold_expiry")
        ),
    ]

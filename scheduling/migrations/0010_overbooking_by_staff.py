"""That the serving role cannot put a visit over others holds for moving as for booking."""

from django.db import migrations

# A policy sees the new row only; that a visit which lies over others may be cancelled or told to have
# come, and none be put there, takes the old one too.
_STAFF_ONLY = """
CREATE FUNCTION scheduling_refuse_overbooking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'putting a visit over others is for staff';
END $$;
CREATE TRIGGER overbooking_is_for_staff BEFORE UPDATE OF is_overbooked ON scheduling_visit
FOR EACH ROW
WHEN (NEW.is_overbooked AND NOT OLD.is_overbooked AND current_user IN ('emr_web', 'emr_worker'))
EXECUTE FUNCTION scheduling_refuse_overbooking()
"""


class Migration(migrations.Migration):
    """A trigger that hardly ever has to be called."""

    dependencies = [("scheduling", "0009_hold_of_key")]

    operations = [
        migrations.RunSQL(
            _STAFF_ONLY,
            "DROP TRIGGER overbooking_is_for_staff ON scheduling_visit;"
            "DROP FUNCTION scheduling_refuse_overbooking()",
        ),
    ]

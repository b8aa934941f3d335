"""The doors through which a partner sees its own profile and changes it.

The serving role may read no partner at all; these functions, which the staff role owns, answer for
the one that calls. What they do not name cannot be changed through them.
"""

from django.db import migrations

_OWN = "nullif(current_setting('app.partner_id', true), '')::bigint"
_FUNCTIONS = f"""
CREATE FUNCTION partners_profile(to_change bool) RETURNS TABLE (
    id bigint, name varchar, company_name varchar, contact_name varchar, email varchar,
    phone varchar, website varchar, alert_email varchar, is_active bool, created_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF to_change THEN
        PERFORM FROM partners_partner p WHERE p.id = {_OWN} FOR NO KEY UPDATE;
    END IF;
    RETURN QUERY
    SELECT p.id, p.name, p.company_name, p.contact_name, p.email, p.phone, p.website, p.alert_email,
        p.is_active, p.created_at
    FROM partners_partner p WHERE p.id = {_OWN};
END $$;

-- Null leaves a field as it is.
CREATE FUNCTION partners_change_profile(
    new_name text, new_company_name text, new_contact_name text, new_email text, new_phone text,
    new_website text, new_alert_email text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE partners_partner SET
        name = coalesce(new_name, name),
        company_name = coalesce(new_company_name, company_name),
        contact_name = coalesce(new_contact_name, contact_name),
        email = coalesce(new_email, email),
        phone = coalesce(new_phone, phone),
        website = coalesce(new_website, website),
        alert_email = coalesce(new_alert_email, alert_email)
    WHERE id = {_OWN}
$$;
"""  # noqa: S608 - made of constants
_RIGHTS = """
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION partners_profile OWNER TO emr_staff;
ALTER FUNCTION partners_change_profile OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION partners_profile, partners_change_profile FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_profile, partners_change_profile TO emr_web;
RESET ROLE
"""


class Migration(migrations.Migration):
    """Read and change one row, by whoever calls."""

    dependencies = [("partners", "0003_partner_history")]

    operations = [
        migrations.RunSQL(_FUNCTIONS, "DROP FUNCTION partners_profile, partners_change_profile"),
        migrations.RunSQL(_RIGHTS, migrations.RunSQL.noop),
    ]

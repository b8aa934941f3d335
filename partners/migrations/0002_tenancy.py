"""Roles, rights, and the two doors through which the serving role may look at keys.

`emr_web` cannot read keys, partners or practices at large: it asks a function that is owned by the
staff role and answers for one key at a time.
"""

from django.db import migrations

from partners.tenancy import CreateRoles, Protect

_FACTS = """
    k.id, k.name::text, k.scopes::text[], k.expires_at, k.revoked_at, k.allowed_networks::text[],
    k.rate_limit, k.last_used_at, p.id, p.name::text, p.is_active,
    t.id, t.ppass::text, t.time_zone::text, t.is_active, now()
"""
_SHAPE = """
    key_id bigint, key_name text, key_scopes text[], expires_at timestamptz,
    revoked_at timestamptz, allowed_networks text[], rate_limit int, last_used_at timestamptz,
    partner_id bigint, partner_name text, partner_is_active bool,
    practice_id bigint, ppass text, time_zone text, practice_is_active bool, now timestamptz
"""
_JOINED = """
    FROM partners_apikey k
    JOIN partners_partner p ON p.id = k.partner_id
    JOIN partners_practice t ON t.id = k.practice_id
"""

_FUNCTIONS = f"""
-- The first statement of every API request: who calls, and whose rows this transaction may see.
CREATE FUNCTION partners_enter(wanted bigint, request_id text) RETURNS TABLE ({_SHAPE})
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    SELECT {_FACTS} INTO
        key_id, key_name, key_scopes, expires_at, revoked_at, allowed_networks, rate_limit,
        last_used_at, partner_id, partner_name, partner_is_active, practice_id, ppass, time_zone,
        practice_is_active, now
    {_JOINED} WHERE k.id = wanted;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.practice_id', practice_id::text, true),
            set_config('app.partner_id', partner_id::text, true),
            set_config('app.key_id', key_id::text, true),
            set_config('pghistory.context_id', gen_random_uuid()::text, true),
            set_config('pghistory.context_metadata', jsonb_build_object(
                'key', key_id, 'partner', partner_id, 'request', request_id)::text, true);
    RETURN NEXT;
END $$;

-- The token exchange: what a key's id leads to. Sets nothing.
CREATE FUNCTION partners_find_key(wanted text)
RETURNS TABLE (digest text, pepper text, {_SHAPE})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.digest::text, k.pepper::text, {_FACTS} {_JOINED} WHERE k.lookup_id = wanted
$$;

-- Last use, written at most once a minute.
CREATE FUNCTION partners_touch_keys(used bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE partners_apikey SET last_used_at = now()
    WHERE id IN (
        SELECT id FROM partners_apikey
        WHERE id = ANY (used)
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
$$;

-- Answers kept for replay, of all practices, once they are too old.
CREATE FUNCTION partners_forget_answers(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM partners_storedanswer WHERE created_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$;
"""  # noqa: S608 - made of constants

# A function's owner needs CREATE on the schema for the moment of the change of owner, no longer.
_OWNERS = """
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION partners_enter OWNER TO emr_staff;
ALTER FUNCTION partners_find_key OWNER TO emr_staff;
ALTER FUNCTION partners_touch_keys OWNER TO emr_staff;
ALTER FUNCTION partners_forget_answers OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
"""

# As their owner: whoever may not change a function may not say who calls it either.
_CALLERS = """
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION
    partners_enter, partners_find_key, partners_touch_keys, partners_forget_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_enter, partners_find_key, partners_touch_keys TO emr_web;
GRANT EXECUTE ON FUNCTION partners_forget_answers TO emr_worker;
RESET ROLE;
"""

_GONE = """
DROP FUNCTION partners_enter, partners_find_key, partners_touch_keys, partners_forget_answers;
"""

# Tables of Django and its apps that staff pages and commands use.
_DJANGO_TABLES = """
DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~
        '^(auth_|django_|axes_|otp_)' LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO emr_staff', t);
    END LOOP;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO emr_staff;
END $$;
"""


class Migration(migrations.Migration):
    """After Django's own apps, so that staff get rights on their tables too."""

    dependencies = [
        ("partners", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "__latest__"),
        ("otp_totp", "__latest__"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        CreateRoles(),
        Protect("partners_practice", worker="SELECT"),
        Protect("partners_partner", worker="SELECT"),
        Protect("partners_apikey"),
        Protect("partners_storedanswer", web="SELECT, INSERT, DELETE", tenant="practice_id"),
        migrations.RunSQL(_FUNCTIONS + _OWNERS + _CALLERS, _GONE),
        migrations.RunSQL(_DJANGO_TABLES, migrations.RunSQL.noop),
    ]

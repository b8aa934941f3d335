"""The audit log: staff may add to it and read it, and nobody may do anything else.

Two kinds of trigger write to it themselves, so that nothing is left out that Python does not see:
what Django's admin notes, in bulk too, and what accounts and groups are allowed, by SQL too. Who
and from where they read from the transaction's settings, as history does (`tenancy.name_actor`).
"""

import django.db.models.functions.datetime
from django.db import migrations, models

from partners.tenancy import Protect

# What may be said of an entry; its number and its time are the database's.
_SAID = "actor_id, actor, action, object_type, object_id, practice_id, detail, ip, request_id"

_KEPT = """
CREATE FUNCTION partners_audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '6 years' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is kept: no entry changes, and none goes before six years.'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON partners_auditentry
    FOR EACH ROW EXECUTE FUNCTION partners_audit_is_kept();
CREATE TRIGGER is_kept_whole BEFORE TRUNCATE ON partners_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION partners_audit_is_kept();
"""
_NOT_KEPT = """
DROP TRIGGER is_kept ON partners_auditentry;
DROP TRIGGER is_kept_whole ON partners_auditentry;
DROP FUNCTION partners_audit_is_kept();
"""

_NOTING = f"""
CREATE FUNCTION partners_audit_context() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, '{{}}')
$$;
CREATE FUNCTION partners_audit(action text, kind text, number text, practice bigint, detail text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO partners_auditentry ({_SAID})
    SELECT (told->>'user')::bigint,
        left(coalesce(told->>'staff', 'operator ' || (told->>'operator'),
                      'login ' || session_user), 150),
        $1, $2, $3, $4, left($5, 300), (told->>'ip')::inet, coalesce(told->>'request', '')
    FROM partners_audit_context() AS told
$$;

-- What the admin notes: names of fields, never what is in them, nor what a row is called. Free text
-- is taken over where it cannot be about patients.
CREATE FUNCTION partners_audit_admin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := partners_audit_context();
    app text;
    kind text;
    word text := lower(substring(NEW.change_message FROM '^[A-Za-z]+'));
    detail text := '';
    practice bigint;
    source regclass;
BEGIN
    SELECT t.app_label, t.model INTO app, kind
    FROM django_content_type t WHERE t.id = NEW.content_type_id;
    IF left(NEW.change_message, 1) = '[' THEN
        BEGIN
            SELECT coalesce(string_agg(each #>> '{{}}', ', '), '') INTO detail FROM (
                SELECT jsonb_path_query(NEW.change_message::jsonb, 'lax $[*].*.fields[*]')
                UNION ALL SELECT jsonb_path_query(NEW.change_message::jsonb, 'lax $[*].*.name')
            ) AS named (each);
        EXCEPTION WHEN invalid_text_representation THEN NULL;  -- words in brackets, no JSON
        END;
    ELSIF app IN ('partners', 'webhooks', 'auth', 'knowledge', 'catalog') THEN
        detail := NEW.change_message;
    END IF;
    source := to_regclass(format('public.%I', app || '_' || kind));
    IF source = 'partners_practice'::regclass THEN
        practice := NEW.object_id::bigint;
    ELSIF NEW.object_id ~ '^[0-9]{{1,18}}$' AND 2 = (
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = source AND attname IN ('id', 'practice_id') AND NOT attisdropped
    ) THEN
        EXECUTE format('SELECT practice_id FROM %s WHERE id = $1', source)
        INTO practice USING NEW.object_id::bigint;
    END IF;
    INSERT INTO partners_auditentry ({_SAID})
    SELECT NEW.user_id, u.username,
        CASE WHEN NEW.action_flag = 1 THEN 'added' WHEN NEW.action_flag = 3 THEN 'deleted'
            WHEN word IN ('approved', 'denied', 'rotated', 'revoked', 'enabled', 'disabled', 'sent',
                          'replayed', 'restored', 'moved') THEN word
            ELSE 'changed' END,
        app || '.' || kind, left(NEW.object_id, 64), practice, left(detail, 300),
        (told->>'ip')::inet, coalesce(told->>'request', '')
    FROM auth_user u WHERE u.id = NEW.user_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION partners_audit_admin();

-- What an account may do. A password may change its digest, and stay, when somebody signs in: there
-- is a request then, and nobody signed in yet.
CREATE FUNCTION partners_audit_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := partners_audit_context();
    was record;
BEGIN
    SELECT false AS is_superuser, false AS is_staff, true AS is_active INTO was;
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
        IF NEW.password <> OLD.password AND (told ? 'staff' OR NOT told ? 'request') THEN
            PERFORM partners_audit('password_changed', 'auth.user', NEW.id::text, NULL, '');
        END IF;
    END IF;
    PERFORM partners_audit(CASE WHEN held THEN 'granted' ELSE 'withdrawn' END,
                           'auth.user', NEW.id::text, NULL, what)
    FROM (VALUES ('superuser', NEW.is_superuser, was.is_superuser),
                 ('staff pages', NEW.is_staff, was.is_staff),
                 ('sign-in', NEW.is_active, was.is_active)) AS rights (what, held, before)
    WHERE held <> before;
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF password, is_superuser, is_staff, is_active
    ON auth_user FOR EACH ROW EXECUTE FUNCTION partners_audit_account();

CREATE FUNCTION partners_audit_rights() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text := CASE TG_OP WHEN 'INSERT' THEN 'granted' ELSE 'withdrawn' END;
BEGIN
    IF TG_TABLE_NAME = 'auth_user_groups' THEN
        PERFORM partners_audit(done, 'auth.user', user_id::text, NULL,
                               'group ' || string_agg(name, ', ' ORDER BY name))
        FROM moved JOIN auth_group g ON g.id = group_id GROUP BY user_id;
    ELSIF TG_TABLE_NAME = 'auth_user_user_permissions' THEN
        PERFORM partners_audit(done, 'auth.user', user_id::text, NULL,
                               string_agg(codename, ', ' ORDER BY codename))
        FROM moved JOIN auth_permission p ON p.id = permission_id GROUP BY user_id;
    ELSE
        PERFORM partners_audit(done, 'auth.group', group_id::text, NULL,
                               string_agg(codename, ', ' ORDER BY codename))
        FROM moved JOIN auth_permission p ON p.id = permission_id GROUP BY group_id;
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 - made of constants
_MEMBERSHIPS = ("auth_user_groups", "auth_user_user_permissions", "auth_group_permissions")
_WATCHING = "".join(
    f"""
CREATE TRIGGER audit_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION partners_audit_rights();
"""
    for table in _MEMBERSHIPS
    for event, rows in (("insert", "NEW"), ("delete", "OLD"))
)
_NO_NOTING = (
    "".join(
        f"DROP TRIGGER audit_insert ON {table}; DROP TRIGGER audit_delete ON {table};"
        for table in _MEMBERSHIPS
    )
    + """
DROP TRIGGER audit ON auth_user;
DROP TRIGGER audit ON django_admin_log;
DROP FUNCTION partners_audit_rights(), partners_audit_account(), partners_audit_admin(),
    partners_audit(text, text, text, bigint, text), partners_audit_context();
"""
)


class Migration(migrations.Migration):
    """The table, who may do what with it, and the triggers that keep and fill it."""

    # Its triggers stand on tables of Django's own.
    dependencies = [
        ("partners", "0005_access_requests"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="time"
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor", models.CharField(db_default="", max_length=150, verbose_name="who")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("signed_in", "signed in"),
                            ("sign_in_failed", "sign-in failed"),
                            ("locked_out", "locked out"),
                            ("signed_out", "signed out"),
                            ("viewed", "viewed"),
                            ("listed", "listed"),
                            ("exported", "exported"),
                            ("refused", "was refused"),
                            ("added", "added"),
                            ("changed", "changed"),
                            ("deleted", "deleted"),
                            ("approved", "approved"),
                            ("denied", "denied"),
                            ("rotated", "rotated"),
                            ("revoked", "revoked"),
                            ("enabled", "enabled"),
                            ("disabled", "disabled"),
                            ("sent", "sent"),
                            ("replayed", "replayed"),
                            ("restored", "restored"),
                            ("moved", "moved"),
                            ("password_changed", "changed a password"),
                            ("granted", "granted"),
                            ("withdrawn", "withdrew"),
                            ("ran", "ran a command"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "object_type",
                    models.CharField(db_default="", help_text="app.model", max_length=100),
                ),
                ("object_id", models.CharField(db_default="", max_length=64)),
                ("practice_id", models.BigIntegerField(null=True)),
                ("detail", models.CharField(db_default="", max_length=300)),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("request_id", models.CharField(db_default="", max_length=128)),
            ],
            options={
                "verbose_name": "audit log entry",
                "verbose_name_plural": "audit log entries",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["at", "id"], name="audit_at"),
                    models.Index(fields=["actor", "at", "id"], name="audit_actor"),
                    models.Index(fields=["action", "at", "id"], name="audit_action"),
                    models.Index(fields=["object_type", "at", "id"], name="audit_kind"),
                    models.Index(fields=["object_id", "at", "id"], name="audit_object"),
                    models.Index(fields=["practice_id", "at", "id"], name="audit_practice"),
                    models.Index(fields=["ip", "at", "id"], name="audit_ip"),
                    models.Index(fields=["request_id", "at", "id"], name="audit_request"),
                ],
            },
        ),
        Protect("partners_auditentry", staff=f"SELECT, INSERT ({_SAID})"),
        migrations.RunSQL(_KEPT, _NOT_KEPT),
        migrations.RunSQL(_NOTING + _WATCHING, _NO_NOTING),
    ]

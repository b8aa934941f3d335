"""Who may do what with events, subscriptions and deliveries."""

from django.db import migrations

from partners.tenancy import LOG_WRITER, SENDER, CreateRoles, Protect, SamePractice

# Number and time of an entry are the platform's to give, so nobody may insert them.
_WRITABLE = "practice_id, scope, event, object_id, data"

_LOG = f"""
REVOKE INSERT ON webhooks_log FROM emr_web;
GRANT SELECT, INSERT ({_WRITABLE}) ON webhooks_log TO emr_web;
REVOKE UPDATE ON webhooks_log FROM emr_worker;

GRANT SELECT, UPDATE (log_id) ON webhooks_log TO {SENDER};
GRANT USAGE, SELECT ON SEQUENCE webhooks_log_number TO {SENDER}, emr_staff;
CREATE POLICY sender ON webhooks_log TO {SENDER} USING (true) WITH CHECK (true);

-- The EMR writes events of every practice, and can read none of them back.
GRANT INSERT ({_WRITABLE}) ON webhooks_log TO {LOG_WRITER};
CREATE POLICY log_writer ON webhooks_log FOR INSERT TO {LOG_WRITER} WITH CHECK (true);
GRANT SELECT (id, ppass) ON partners_practice TO {LOG_WRITER};

-- The pull feed reads a practice's entries by number.
CREATE INDEX log_feed ON webhooks_log (practice_id, log_id);
DROP INDEX log_by_practice;
"""
_LOG_BACK = f"""
CREATE INDEX log_by_practice ON webhooks_log (practice_id, id);
DROP INDEX log_feed;
DROP POLICY log_writer ON webhooks_log;
DROP POLICY sender ON webhooks_log;
REVOKE ALL ON webhooks_log, partners_practice FROM {LOG_WRITER};
REVOKE ALL (id, ppass) ON partners_practice FROM {LOG_WRITER};
REVOKE ALL ({_WRITABLE}) ON webhooks_log FROM {LOG_WRITER};
REVOKE ALL (log_id) ON webhooks_log FROM {SENDER};
REVOKE ALL ON SEQUENCE webhooks_log_number FROM {SENDER}, emr_staff;
REVOKE SELECT ON webhooks_log FROM emr_web, {SENDER};
GRANT INSERT ON webhooks_log TO emr_web;
GRANT UPDATE ON webhooks_log TO emr_worker;
"""  # noqa: S608 - made of constants

# Whether somebody may still be told: practice and partner are active, a key holds the scope.
_CLIENTS = f"""
GRANT SELECT (id, ppass, is_active) ON partners_practice TO {SENDER};
GRANT SELECT (id, name, email, alert_email, is_active) ON partners_partner TO {SENDER};
GRANT SELECT (partner_id, practice_id, scopes, revoked_at, expires_at) ON partners_apikey
    TO {SENDER};
"""
_CLIENTS_BACK = f"""
REVOKE SELECT (id, ppass, is_active) ON partners_practice FROM {SENDER};
REVOKE SELECT (id, name, email, alert_email, is_active) ON partners_partner FROM {SENDER};
REVOKE SELECT (partner_id, practice_id, scopes, revoked_at, expires_at) ON partners_apikey
    FROM {SENDER};
"""  # noqa: S608 - made of constants


class Migration(migrations.Migration):
    """The sender serves all practices and sees no table but these; the others see their own."""

    dependencies = [("webhooks", "0002_subscriptions")]

    operations = [
        CreateRoles(SENDER, LOG_WRITER),
        SamePractice(
            "webhooks_delivery", "subscription_id", "webhooks_subscription", on_delete="CASCADE"
        ),
        SamePractice("webhooks_attempt", "delivery_id", "webhooks_delivery", on_delete="CASCADE"),
        migrations.RunSQL(_LOG, _LOG_BACK),
        migrations.RunSQL(_CLIENTS, _CLIENTS_BACK),
        Protect(
            "webhooks_subscription",
            web="SELECT, INSERT, UPDATE",
            sender="SELECT, UPDATE",
            tenant="practice_id",
        ),
        Protect(
            "webhooks_delivery",
            web="SELECT, INSERT, UPDATE",
            sender="SELECT, INSERT, UPDATE, DELETE",
            tenant="practice_id",
        ),
        Protect(
            "webhooks_attempt",
            web="SELECT, INSERT",
            sender="SELECT, INSERT, DELETE",
            tenant="practice_id",
        ),
        Protect(
            "webhooks_dispatchstate",
            web="SELECT",
            sender="SELECT, INSERT, UPDATE",
            tenant="practice_id",
        ),
    ]

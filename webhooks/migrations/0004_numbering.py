"""The number last given, and who may be told of what."""

from django.db import migrations

from partners.tenancy import CURRENT_PRACTICE, SENDER, STAFF, WEB, Protect

# One row: who holds it may number the log. Unlike a sequence it goes back with its transaction and
# goes along wherever the rows go, also by logical replication.
_NUMBERING = """
CREATE TABLE webhooks_numbering (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_log_id bigint NOT NULL,
    place text NOT NULL
);
DROP SEQUENCE webhooks_log_number;
-- Replay asks by time; a range of blocks is enough of an index for rows that come in its order.
CREATE INDEX log_by_time ON webhooks_log USING brin (created_at) WITH (pages_per_range = 16);
"""
_NUMBERING_BACK = f"""
DROP INDEX log_by_time;
CREATE SEQUENCE webhooks_log_number AS bigint;
SELECT setval('webhooks_log_number', last_log_id) FROM webhooks_numbering WHERE last_log_id > 0;
GRANT USAGE, SELECT ON SEQUENCE webhooks_log_number TO {SENDER}, {STAFF};
DROP TABLE webhooks_numbering;
"""  # noqa: S608 - made of constants

# Subscriptions that may be sent to now, once for each scope of theirs that a working key still
# holds. The serving role sees those of its practice, though neither partners nor keys.
_LISTENERS = f"""
CREATE VIEW webhooks_listener WITH (security_barrier) AS
SELECT subscription.practice_id, subscription.id AS subscription_id, scope
FROM webhooks_subscription AS subscription
JOIN partners_partner AS partner ON partner.id = subscription.partner_id AND partner.is_active
JOIN partners_practice AS practice ON practice.id = subscription.practice_id AND practice.is_active
CROSS JOIN unnest(subscription.scopes) AS scope
WHERE subscription.status = 'active'
  AND EXISTS (
    SELECT FROM partners_apikey AS key
    WHERE key.partner_id = subscription.partner_id AND key.practice_id = subscription.practice_id
      AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > now())
      AND scope = ANY (key.scopes))
  AND (current_setting('role') IN ('{SENDER}', '{STAFF}')
       OR subscription.practice_id = {CURRENT_PRACTICE});
GRANT CREATE ON SCHEMA public TO {STAFF};
ALTER VIEW webhooks_listener OWNER TO {STAFF};
REVOKE CREATE ON SCHEMA public FROM {STAFF};
SET LOCAL ROLE {STAFF};
GRANT SELECT ON webhooks_listener TO {WEB}, {SENDER};
RESET ROLE;
"""  # noqa: S608 - made of constants


class Migration(migrations.Migration):
    """Numbers come from a row, listeners from a view."""

    dependencies = [("webhooks", "0003_tenancy")]

    operations = [
        migrations.RunSQL(_NUMBERING, _NUMBERING_BACK),
        Protect("webhooks_numbering", sender="SELECT, INSERT, UPDATE"),
        migrations.RunSQL(_LISTENERS, "DROP VIEW webhooks_listener"),
    ]

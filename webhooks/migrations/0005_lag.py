"""How far events and deliveries are behind, for whoever reads the metrics."""

from django.db import migrations

from partners.tenancy import SENDER, STAFF, WEB

# Of all practices, in figures only. Counts end at 100,000, lest a long backlog is counted over and
# over while it should be worked off.
_LAG = """
CREATE FUNCTION webhooks_lag(
    OUT unnumbered bigint, OUT oldest_unnumbered_seconds float8, OUT practices_behind bigint,
    OUT pending bigint, OUT due bigint, OUT oldest_due_seconds float8,
    OUT failing bigint, OUT disabled bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH delivery AS (
    SELECT next_attempt_at, waiting.next_attempt_at <= now()
           AND (waiting.lease_until IS NULL OR waiting.lease_until < now())
           AND subscription.status = 'active' AND partner.is_active AND practice.is_active
           AND (subscription.held_until IS NULL OR subscription.held_until <= now()) AS is_due
    FROM (SELECT subscription_id, next_attempt_at, lease_until
          FROM webhooks_delivery WHERE status = 'pending' LIMIT 100000) AS waiting
    JOIN webhooks_subscription AS subscription ON subscription.id = waiting.subscription_id
    JOIN partners_partner AS partner ON partner.id = subscription.partner_id
    JOIN partners_practice AS practice ON practice.id = subscription.practice_id
)
SELECT
    (SELECT count(*) FROM (SELECT FROM webhooks_log WHERE log_id IS NULL LIMIT 100000) AS waiting),
    coalesce((SELECT extract(epoch FROM now() - created_at) FROM webhooks_log
              WHERE log_id IS NULL ORDER BY id LIMIT 1), 0),
    (SELECT count(*) FROM webhooks_dispatchstate WHERE is_behind),
    (SELECT count(*) FROM delivery),
    (SELECT count(*) FROM delivery WHERE is_due),
    coalesce((SELECT extract(epoch FROM now() - min(next_attempt_at)) FROM delivery
              WHERE is_due), 0),
    (SELECT count(*) FROM webhooks_subscription
     WHERE status = 'active' AND failing_since IS NOT NULL),
    (SELECT count(*) FROM webhooks_subscription WHERE status = 'disabled')
$$;
"""
_RIGHTS = f"""
GRANT CREATE ON SCHEMA public TO {STAFF};
ALTER FUNCTION webhooks_lag OWNER TO {STAFF};
REVOKE CREATE ON SCHEMA public FROM {STAFF};
SET LOCAL ROLE {STAFF};
REVOKE ALL ON FUNCTION webhooks_lag FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhooks_lag TO {WEB}, {SENDER};
RESET ROLE;
"""


class Migration(migrations.Migration):
    """Figures without names, for roles that see one practice or none."""

    dependencies = [("webhooks", "0004_numbering")]

    operations = [
        migrations.RunSQL(_LAG + _RIGHTS, "DROP FUNCTION webhooks_lag"),
    ]

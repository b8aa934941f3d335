"""The pull feed finds the events of one scope without looking at those of others."""

from django.db import migrations


class Migration(migrations.Migration):
    """A key that holds a rare scope would else read past millions of entries that it may not see."""

    dependencies = [("webhooks", "0005_lag")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX log_feed_by_scope ON webhooks_log (practice_id, scope, log_id)",
            "DROP INDEX log_feed_by_scope",
        )
    ]

"""Indexes for recent activity: one for each thing that it can be filtered by, newest first.

Errors are few, so they get three. An endpoint is long, so it is found by its hash.
"""

from django.db import migrations

_INDEXES = """
CREATE INDEX apicall_practice ON dashboard_apicall (practice_id, at);
CREATE INDEX apicall_ip ON dashboard_apicall (ip, at);
CREATE INDEX apicall_route ON dashboard_apicall (hashtextextended(route, 0), at);
CREATE INDEX apicall_refused ON dashboard_apicall (at) WHERE status >= 400 AND status < 500;
CREATE INDEX apicall_failed ON dashboard_apicall (at) WHERE status >= 500;
CREATE INDEX apicall_error ON dashboard_apicall (status, at) WHERE status >= 400;
"""
_NONE = """
DROP INDEX apicall_practice, apicall_ip, apicall_route, apicall_refused, apicall_failed,
    apicall_error;
"""


class Migration(migrations.Migration):
    """Indexes in SQL, like the table."""

    dependencies = [("dashboard", "0002_usage")]

    operations = [migrations.RunSQL(_INDEXES, _NONE)]

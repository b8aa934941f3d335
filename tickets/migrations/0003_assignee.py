"""Whoever looks after a ticket in lower case, to be asked for by index; and the view anew."""

import django.db.models.functions.text
from django.db import migrations, models

from partners.tenancy import CURRENT_PRACTICE

# As it was made before; `SELECT *` is expanded once, so that it takes the column in.
_VIEW = f"""
CREATE VIEW tickets_ticket_mine AS
    SELECT * FROM tickets_ticket WHERE practice_id = {CURRENT_PRACTICE};
GRANT SELECT ON tickets_ticket_mine TO emr_web, emr_worker;
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER VIEW tickets_ticket_mine OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
"""  # noqa: S608 - made of constants
_NO_VIEW = "DROP VIEW tickets_ticket_mine"


class Migration(migrations.Migration):
    """A column instead of an index on an expression, which the policies keep from being used."""

    dependencies = [("tickets", "0002_tenancy")]

    operations = [
        migrations.RunSQL(_NO_VIEW, _VIEW),
        migrations.RemoveIndex(model_name="ticket", name="ticket_by_assigned"),
        migrations.AddField(
            model_name="ticket",
            name="assignee",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("assigned_to"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["practice", "assignee", "id"],
                include=("status", "priority"),
                name="ticket_by_assignee",
            ),
        ),
        migrations.RunSQL(_VIEW, _NO_VIEW),
    ]

"""Who may do what with tickets, their counts, and the view that a search needs."""

from django.db import migrations

from partners.tenancy import CURRENT_PRACTICE, Protect, SamePractice

# A statement's changes are added up first and taken in one order, so that two statements of many
# rows wait for each other and never in a circle. As the staff role: nobody else writes counts.
_COUNT = """
CREATE FUNCTION tickets_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO tickets_ticketcount AS kept (practice_id, status, priority, tickets)
        SELECT practice_id, status, priority, count(*) FROM new_rows
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (practice_id, status, priority)
        DO UPDATE SET tickets = kept.tickets + EXCLUDED.tickets;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO tickets_ticketcount AS kept (practice_id, status, priority, tickets)
        SELECT practice_id, status, priority, -count(*) FROM old_rows
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (practice_id, status, priority)
        DO UPDATE SET tickets = kept.tickets + EXCLUDED.tickets;
    ELSE
        INSERT INTO tickets_ticketcount AS kept (practice_id, status, priority, tickets)
        SELECT practice_id, status, priority, sum(n) FROM (
            SELECT practice_id, status, priority, 1 AS n FROM new_rows
            UNION ALL SELECT practice_id, status, priority, -1 FROM old_rows
        ) AS moved
        GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3
        ON CONFLICT (practice_id, status, priority)
        DO UPDATE SET tickets = kept.tickets + EXCLUDED.tickets;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_counted_in AFTER INSERT ON tickets_ticket
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tickets_count();
CREATE TRIGGER tickets_counted_on AFTER UPDATE ON tickets_ticket
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tickets_count();
CREATE TRIGGER tickets_counted_out AFTER DELETE ON tickets_ticket
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tickets_count();
"""
_NOT_COUNTED = """
DROP TRIGGER tickets_counted_in ON tickets_ticket;
DROP TRIGGER tickets_counted_on ON tickets_ticket;
DROP TRIGGER tickets_counted_out ON tickets_ticket;
DROP FUNCTION tickets_count()
"""

# See `partners.instead`. `SELECT *` is expanded once: who adds a column makes the view again.
_VIEW = f"""
CREATE VIEW tickets_ticket_mine AS
    SELECT * FROM tickets_ticket WHERE practice_id = {CURRENT_PRACTICE};
GRANT SELECT ON tickets_ticket_mine TO emr_web, emr_worker;
"""  # noqa: S608 - made of constants

_OWNERS = """
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER FUNCTION tickets_count() OWNER TO emr_staff;
ALTER VIEW tickets_ticket_mine OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
SET LOCAL ROLE emr_staff;
REVOKE ALL ON FUNCTION tickets_count() FROM PUBLIC;
RESET ROLE
"""


class Migration(migrations.Migration):
    """What was said, and what has happened, is added to; nobody changes it."""

    dependencies = [("tickets", "0001_initial")]

    operations = [
        Protect(
            "tickets_ticket", web="SELECT, INSERT, UPDATE", worker="SELECT", tenant="practice_id"
        ),
        Protect(
            "tickets_comment",
            web="SELECT, INSERT",
            worker="SELECT",
            staff="SELECT, INSERT",
            tenant="practice_id",
        ),
        Protect("tickets_ticketcount", web="SELECT", worker="SELECT", tenant="practice_id"),
        Protect("tickets_ticketevent", web="INSERT", staff="SELECT, INSERT", tenant="practice_id"),
        SamePractice("tickets_comment", "ticket_id", "tickets_ticket"),
        migrations.RunSQL(_COUNT, _NOT_COUNTED),
        migrations.RunSQL(_VIEW, "DROP VIEW tickets_ticket_mine"),
        migrations.RunSQL(_OWNERS, migrations.RunSQL.noop),
    ]

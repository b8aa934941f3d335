"""Who may do what with people and tags, and the one way around the policy that a search needs."""

from django.db import migrations

from partners.tenancy import CURRENT_PRACTICE, Protect

# PostgreSQL evaluates a policy before any operator that could tell about a row, and LIKE is one: a
# search through the policy can use neither the trigram index nor the statistics. This view is the
# practice's people and nothing else, said as a plain condition. It belongs to the staff role, which
# may read the part of the table that has no policy; the serving roles may read only the view.
# `SELECT *` is expanded once: who adds a column to people makes the view again.
_VIEW = f"""
GRANT SELECT ON prospects_person_all TO emr_staff;
CREATE VIEW prospects_person_mine AS
    SELECT * FROM prospects_person_all WHERE practice_id = {CURRENT_PRACTICE};
GRANT SELECT ON prospects_person_mine TO emr_web, emr_worker;
GRANT CREATE ON SCHEMA public TO emr_staff;
ALTER VIEW prospects_person_mine OWNER TO emr_staff;
REVOKE CREATE ON SCHEMA public FROM emr_staff;
"""  # noqa: S608 - made of constants


class Migration(migrations.Migration):
    """The serving roles may add to history, not read it; nobody may change it."""

    dependencies = [("prospects", "0002_history")]

    operations = [
        Protect(
            "prospects_person", web="SELECT, INSERT, UPDATE", worker="SELECT", tenant="practice_id"
        ),
        Protect(
            "prospects_tag",
            web="SELECT, INSERT, UPDATE, DELETE",
            worker="SELECT",
            tenant="practice_id",
        ),
        Protect(
            "prospects_persontag",
            web="SELECT, INSERT, DELETE",
            worker="SELECT",
            tenant="practice_id",
        ),
        *(
            Protect(table, web="INSERT", staff="SELECT, INSERT", tenant="practice_id")
            for table in (
                "prospects_personevent",
                "prospects_tagevent",
                "prospects_persontagevent",
            )
        ),
        migrations.RunSQL(
            "GRANT USAGE ON SEQUENCE prospects_person_id_seq TO emr_web, emr_staff;",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(_VIEW, "DROP VIEW prospects_person_mine"),
    ]

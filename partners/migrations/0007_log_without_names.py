"""What Django's admin notes of patients' rows: a kind and a number, not what a row is called."""

from django.db import migrations

_WITHOUT_NAMES = """
CREATE FUNCTION partners_numbered(content_type_id int, object_id text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT initcap(model) || ' ' || object_id FROM django_content_type
    WHERE id = content_type_id AND (app_label, model) IN (('prospects', 'person'),
        ('scheduling', 'visit'), ('scheduling', 'hold'), ('tickets', 'ticket'))
$$;

CREATE FUNCTION partners_log_without_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.object_repr := coalesce(partners_numbered(NEW.content_type_id, NEW.object_id),
                                NEW.object_repr);
    RETURN NEW;
END $$;
CREATE TRIGGER without_names BEFORE INSERT ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION partners_log_without_names();

UPDATE django_admin_log
SET object_repr = coalesce(partners_numbered(content_type_id, object_id), object_repr);
"""
_WITH_NAMES = """
DROP TRIGGER without_names ON django_admin_log;
DROP FUNCTION partners_log_without_names(), partners_numbered(int, text);
"""


class Migration(migrations.Migration):
    """The start page shows it to who did it, and that is no look that anything notes."""

    dependencies = [("partners", "0006_audit")]

    operations = [migrations.RunSQL(_WITHOUT_NAMES, _WITH_NAMES)]

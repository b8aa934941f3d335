"""The four groups of staff."""

from django.db import migrations

from dashboard.staff_groups import StaffGroups


class Migration(migrations.Migration):
    """After the audit log, which notes what groups are given."""

    dependencies = [
        ("dashboard", "0003_activity"),
        ("partners", "0006_audit"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [StaffGroups()]

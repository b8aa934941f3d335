"""Rights, policies, and keys that stay within a practice."""

from django.db import migrations

from partners.tenancy import Protect, SamePractice

_PROVIDER, _TYPE, _RESOURCE = "scheduling_provider", "scheduling_visittype", "scheduling_resource"

# What the API reads and staff write.
_READ = ("calendarrules", "closure", "resource", "timeoff", "visittype", "visittypeprovider")
_READ += ("visittyperesource", "weeklyhours")

_KEYS = (
    SamePractice("scheduling_weeklyhours", "provider_id", _PROVIDER, on_delete="CASCADE"),
    SamePractice("scheduling_timeoff", "provider_id", _PROVIDER, on_delete="CASCADE"),
    SamePractice("scheduling_visittypeprovider", "visit_type_id", _TYPE, on_delete="CASCADE"),
    SamePractice("scheduling_visittypeprovider", "provider_id", _PROVIDER, on_delete="CASCADE"),
    SamePractice("scheduling_visittyperesource", "visit_type_id", _TYPE, on_delete="CASCADE"),
    SamePractice("scheduling_visittyperesource", "resource_id", _RESOURCE, on_delete="CASCADE"),
    SamePractice("scheduling_visit", "person_id", "prospects_person"),
    SamePractice("scheduling_visit", "provider_id", _PROVIDER),
    SamePractice("scheduling_visit", "visit_type_id", _TYPE),
    SamePractice("scheduling_visit", "room_id", _RESOURCE),
    SamePractice("scheduling_hold", "provider_id", _PROVIDER),
    SamePractice("scheduling_hold", "visit_type_id", _TYPE),
    SamePractice("scheduling_hold", "room_id", _RESOURCE),
)


class Migration(migrations.Migration):
    """The serving role books and holds; when people work is for staff to say."""

    dependencies = [("scheduling", "0002_visits"), ("prospects", "0003_tenancy")]

    operations = [
        *(
            Protect(f"scheduling_{name}", web="SELECT", worker="SELECT", tenant="practice_id")
            for name in _READ
        ),
        Protect(
            "scheduling_visit", web="SELECT, INSERT, UPDATE", worker="SELECT", tenant="practice_id"
        ),
        Protect(
            "scheduling_hold",
            web="SELECT, INSERT, DELETE",
            worker="SELECT, DELETE",
            tenant="practice_id",
        ),
        Protect(
            "scheduling_visitevent", web="INSERT", staff="SELECT, INSERT", tenant="practice_id"
        ),
        Protect("scheduling_hoursevent", staff="SELECT, INSERT", tenant="practice_id"),
        *_KEYS,
    ]

"""What each group of staff may do: one table, for the migrations that write it to the database.

A letter is a permission of Django's: v(iew), a(dd), c(hange), d(elete). What no admin offers, such
as deleting a key, no letter brings back. A kind of row that is new needs a line here and, as the
last step of a migration, `StaffGroups()`; `manage.py check` says so.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps as installed
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.migrations.operations.base import Operation

GROUPS = ("Viewer", "Support", "Key manager", "Administrator")

# The columns are the groups.
TABLE = {
    # Who calls, and how it goes.
    "dashboard.apicall": ("v", "v", "v", "v"),
    "partners.practice": ("v", "v", "vac", "vac"),
    "partners.partner": ("v", "v", "vac", "vac"),
    "partners.apikey": ("v", "v", "vac", "vac"),
    "partners.accessrequest": ("v", "v", "vc", "vc"),
    # Clinical.
    "prospects.person": ("", "v", "", "vac"),
    "prospects.tag": ("", "v", "", "vacd"),
    "scheduling.visit": ("", "vac", "", "vac"),
    "scheduling.hold": ("", "vd", "", "vd"),
    "tickets.ticket": ("", "vac", "", "vac"),
    # How practices work.
    "scheduling.provider": ("v", "v", "v", "vac"),
    "scheduling.weeklyhours": ("v", "v", "v", "vacd"),
    "scheduling.resource": ("v", "v", "v", "vac"),
    "scheduling.visittype": ("v", "v", "v", "vac"),
    "scheduling.visittypeprovider": ("v", "v", "v", "vacd"),
    "scheduling.visittyperesource": ("v", "v", "v", "vacd"),
    "scheduling.calendarrules": ("v", "v", "v", "vacd"),
    "scheduling.timeoff": ("v", "v", "v", "vacd"),
    "scheduling.closure": ("v", "v", "v", "vacd"),
    # What all practices share.
    "catalog.product": ("v", "v", "v", "vac"),
    "catalog.vendorgrant": ("v", "v", "v", "vacd"),
    "knowledge.article": ("v", "vac", "v", "vac"),
    # Webhooks; who may change deliveries sends again, replays and tests.
    "webhooks.subscription": ("v", "v", "vc", "vc"),
    "webhooks.delivery": ("v", "vc", "v", "vc"),
    "webhooks.logentry": ("v", "v", "v", "v"),
    "webhooks.dispatchstate": ("v", "v", "v", "v"),
    # Ourselves.
    "auth.user": ("", "", "", "vac"),
    "auth.group": ("", "", "", "vacd"),
    "otp_totp.totpdevice": ("", "", "", "vacd"),
    "axes.accessattempt": ("", "", "", "vd"),
    "axes.accesslog": ("", "", "", "v"),
    "axes.accessfailurelog": ("", "", "", "v"),
    "partners.auditentry": ("", "", "", "v"),
}
_ACTIONS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# On no page, or only on that of a row to which they belong.
_WITHOUT_PAGE = {
    "catalog.productevent", "dashboard.dayusage", "dashboard.hourusage", "dashboard.minuteusage",
    "dashboard.uncountedcalls", "knowledge.articleevent", "knowledge.word", "partners.partnerevent",
    "partners.storedanswer", "prospects.personevent", "prospects.persontag",
    "prospects.persontagevent", "prospects.tagevent", "scheduling.hoursevent",
    "scheduling.visitevent", "tickets.comment", "tickets.ticketcount", "tickets.ticketevent",
    "webhooks.attempt",
    "admin.logentry", "auth.permission", "axes.accessattemptexpiration",
    "contenttypes.contenttype", "pghistory.context", "pghistory.events",
    "pghistory.middlewareevents", "sessions.session",
}  # fmt: skip


def permissions_of(group: str) -> Iterator[tuple[str, str]]:
    """What a group may do, as kinds of rows with actions."""
    column = GROUPS.index(group)
    for kind, letters in TABLE.items():
        for letter in letters[column]:
            yield kind, _ACTIONS[letter]


@register(Tags.models)
def every_kind_has_a_line(**_: Any) -> list[CheckMessage]:
    """Each kind of row is in the table, or known to be on no page."""
    return [
        Error(
            f"{model._meta.label} is in no line of the staff's rights.",
            hint="Add it to TABLE in dashboard/staff_groups.py, and StaffGroups() to a migration.",
            obj=model,
            id="dashboard.E001",
        )
        for model in installed.get_models()
        if model._meta.label_lower not in {*TABLE, *_WITHOUT_PAGE}
    ]


class StaffGroups(Operation):
    """Migration: the groups, each with the permissions of the table as it is then.

    Groups that are there keep their members. Permissions are made here, since Django makes them
    only when all migrations are over.
    """

    reversible = True
    reduces_to_sql = False

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Rows are no state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Make what is missing; take from a group what the table does not give it."""
        models = from_state.apps
        for name in GROUPS:
            group, _ = models.get_model("auth", "Group").objects.get_or_create(name=name)
            group.permissions.set(
                [_permission(models, kind, action) for kind, action in permissions_of(name)]
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Groups stay: they have members."""

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"Staff groups: {', '.join(GROUPS)}"


def _permission(models: Any, kind: str, action: str) -> Any:
    """As Django would make it."""
    app_label, model = kind.split(".")
    content_type, _ = models.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    name = f"Can {action} {installed.get_model(kind)._meta.verbose_name_raw}"
    permission, _ = models.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{action}_{model}", defaults={"name": name}
    )
    return permission

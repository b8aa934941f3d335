"""Misconfiguration that would leak rows, or lead people astray, found before it does."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import connections, models

from partners.clinical import tells_of_patients
from partners.tenancy import WEB


def tenant_models() -> list[type[models.Model]]:
    """Every model whose rows belong to a practice: those with a `practice_id` column."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and any(field.column == "practice_id" for field in model._meta.concrete_fields)
    ]


# The serving role has no right on these tables at all.
_WITHOUT_POLICY = {"partners_apikey", "partners_auditentry"}


@register(Tags.database)
def tenant_tables_are_protected(
    databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Each tenant table has row-level security, forced, with a policy for the serving roles."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        bare = _unprotected_tables(alias)
        found += [
            Error(
                f"{model._meta.label}: its table {model._meta.db_table} has no forced row-level"
                " security.",
                hint=f'Add Protect("{model._meta.db_table}", tenant="practice_id") as a migration.',
                obj=model,
                id="partners.E001",
            )
            for model in tenant_models()
            if model._meta.db_table in bare - _WITHOUT_POLICY
        ]
    return found


@register(Tags.security, deploy=True)
def links_in_letters_lead_here(**_: Any) -> list[CheckMessage]:
    """A partner who is written to from another machine can follow the link."""
    if settings.PUBLIC_URL:
        return []
    return [
        Warning(
            f"PUBLIC_URL is not set: links in letters lead to {settings.LINKS_URL}.",
            hint="Set it to the address that partners know, such as https://api.example.com.",
            id="partners.W001",
        )
    ]


@register(Tags.admin)
def reading_of_patients_is_noted(**_: Any) -> list[CheckMessage]:
    """Each admin of tenant rows says whether they tell of patients, and notes who reads those."""
    found: list[CheckMessage] = []
    for model in filter(admin.site.is_registered, tenant_models()):
        page = admin.site.get_model_admin(model)
        says = tells_of_patients(page)
        if says is None or (not says and _is_of_a_person(model)):
            found.append(
                Error(
                    f"{type(page).__name__}: who reads {model._meta.label} is not noted.",
                    hint="Inherit partners.clinical.ClinicalAdminMixin, or say tells_of_patients ="
                    " False if no row tells of a patient.",
                    obj=type(page),
                    id="partners.E002",
                )
            )
    return found


def _is_of_a_person(model: type[models.Model]) -> bool:
    kinds = {model, *(field.related_model for field in model._meta.concrete_fields)}
    labels = {kind._meta.label for kind in kinds if isinstance(kind, type)}
    return "prospects.Person" in labels


def _unprotected_tables(alias: str) -> set[str]:
    """Tables that are there (before the first `migrate` none is) and under no policy."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
                SELECT FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
                WHERE p.polrelid = c.oid AND r.rolname = %s))
            """,
            [WEB],
        )
        return {name for (name,) in cursor.fetchall()}

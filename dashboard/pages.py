"""The frame of the staff pages: who may see one, the row of tabs, the part that is kept fresh."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

Page = Callable[..., HttpResponse]
# What the pages' own script sends when it wants the changing part only.
LIVE_HEADER = "X-Live"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A place in the row of tabs, for those with the permission."""

    title: str
    url: str
    permission: str


TABS = (
    Tab(title="Overview", url="dashboard:overview", permission="dashboard.view_apicall"),
    Tab(title="Recent activity", url="dashboard:activity", permission="dashboard.view_apicall"),
    Tab(title="Calendar", url="dashboard:calendar", permission="scheduling.view_visit"),
    Tab(
        title="Access requests",
        url="dashboard:access_requests",
        permission="partners.view_accessrequest",
    ),
    Tab(
        title="Partners",
        url="admin:partners_partner_changelist",
        permission="partners.view_partner",
    ),
    Tab(
        title="API keys", url="admin:partners_apikey_changelist", permission="partners.view_apikey"
    ),
)


def staff_page(permission: str) -> Callable[[Page], Page]:
    """A page for staff who have signed in, as the admin has it, and hold the permission."""

    def wrap(page: Page) -> Page:
        @wraps(page)
        def checked(request: HttpRequest, **names: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            read_alone()
            return page(request, **names)

        return admin.site.admin_view(checked)

    return wrap


def read_alone() -> None:
    """For the rest of this transaction: no parallel workers.

    The pages read little, but PostgreSQL takes it for more, since practice and partner go together;
    workers would take longer to start than to read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, live: str
) -> HttpResponse:
    """The page, or only `live`, the template of its changing part, if the script asks for that."""
    if request.headers.get(LIVE_HEADER):
        return render(request, live, dict(context))
    frame = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": title,
        "tabs": _tabs(request),
        "live": live,
    }
    return render(request, template, frame | dict(context))


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    tabs = [
        {"title": tab.title, "url": reverse(tab.url)}
        for tab in TABS
        if request.user.has_perm(tab.permission)
    ]
    return [tab | {"is_current": tab["url"] == request.path} for tab in tabs]

"""The frame of the staff pages: who may see one, the part that is kept fresh."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Page = Callable[..., HttpResponse]
# Whether somebody holds a permission.
May = Callable[[str], bool]
# What the pages' own script sends when it wants the changing part only.
LIVE_HEADER = "X-Live"


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
        "live": live,
    }
    return render(request, template, frame | dict(context))

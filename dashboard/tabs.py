"""The row of tabs on top of every staff page, the admin's included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page, for those with the permission; `also` are pages of the admin that belong to it."""

    title: str
    url: str
    permission: str = ""
    also: Sequence[str] = ()

    @property
    def places(self) -> Iterator[str]:
        """Where the addresses of all that belongs to it begin."""
        return map(reverse, (self.url, *self.also))


TABS = (
    Tab(title="Overview", url="dashboard:overview", permission="dashboard.view_apicall"),
    Tab(
        title="Recent activity",
        url="dashboard:activity",
        permission="dashboard.view_apicall",
        also=["admin:dashboard_apicall_changelist"],
    ),
    Tab(
        title="Calendar",
        url="dashboard:calendar",
        permission="scheduling.view_visit",
        also=["admin:scheduling_visit_changelist"],
    ),
    Tab(
        title="Tickets",
        url="admin:tickets_ticket_changelist",
        permission="tickets.view_ticket",
    ),
    Tab(
        title="Access requests",
        url="dashboard:access_requests",
        permission="partners.view_accessrequest",
    ),
    Tab(
        title="Partners",
        url="dashboard:partners",
        permission="partners.view_partner",
        also=["admin:partners_partner_changelist"],
    ),
    Tab(
        title="API keys",
        url="dashboard:keys",
        permission="partners.view_apikey",
        also=["admin:partners_apikey_changelist"],
    ),
    Tab(
        title="Webhooks",
        url="dashboard:webhooks",
        permission="webhooks.view_subscription",
        also=["admin:webhooks_subscription_changelist", "admin:webhooks_delivery_changelist"],
    ),
    Tab(title="Admin", url="admin:index"),
)


def row(request: HttpRequest) -> list[dict[str, Any]]:
    """The tabs that somebody may open, for a template; one is `current`, or none.

    It is 'page' for the very page, and 'true' where one is somewhere behind the tab.
    """
    may = request.user.has_perm
    tabs = [tab for tab in TABS if not tab.permission or may(tab.permission)]
    # Of all tabs: who is refused the calendar is not on the overview, whose address begins alike.
    _, current = max(
        ((place, tab) for tab in TABS for place in tab.places if request.path.startswith(place)),
        key=lambda found: len(found[0]),
        default=("", None),
    )
    return [
        {"title": tab.title, "url": url, "current": tab is current and _here(request, url)}
        for tab, url in ((tab, reverse(tab.url)) for tab in tabs)
    ]


def _here(request: HttpRequest, url: str) -> str:
    return "page" if request.path == url else "true"

"""Partners: all of them, and a page for each with its keys, calls, webhooks and requests."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from dashboard import choices, key_lines, lists, overview, pages, partner_lines, webhook_lines
from dashboard import usage as calls
from dashboard.ranges import USUAL
from dashboard.usage import Whose
from partners.badges import on_or_off
from partners.models import Partner

# Of the keys and subscriptions of one partner; the lists have them all.
_MOST = 50


@pages.staff_page("partners.view_partner")
def show_partners(request: HttpRequest) -> HttpResponse:
    """The partners with their calls of the last seven days."""
    now, may = timezone.now(), request.user.has_perm
    choice, text = choices.read(request.GET), lists.words(request.GET)
    state = lists.one_of(request.GET, "state", partner_lines.STATES, usual="")
    practice, practice_id = choice.practice, choice.whose.practice_id
    query = partial(choices.address, practice=practice and practice.ppass, state=state, find=text)
    found = partner_lines.found(practice_id=practice_id, state=state, text=text)
    page = lists.page(found, request.GET, query)
    figures = {}
    if page.rows and may("dashboard.view_apicall"):
        ids = [partner.pk for partner in page.rows]
        figures = calls.by_partner(ids, USUAL.span(now), practice_id=practice_id)
    context = {
        "now": now,
        "choice": choice,
        "text": text,
        "state": state,
        "states": partner_lines.STATES.items(),
        "page": page,
        "lines": partner_lines.lines(page.rows, figures, practice_id=practice_id, now=now),
        "leading_back": _leading_back(request),
        "is_filtered": bool(text or state or practice),
    }
    return pages.show(
        request,
        "dashboard/partners.html",
        context,
        title="Partners",
        live="dashboard/partners_live.html",
    )


@pages.staff_page("partners.view_partner")
def show_partner(request: HttpRequest, pk: int) -> HttpResponse:
    """One partner; of what hangs on it, what its reader may see."""
    partner = Partner.objects.filter(pk=pk).first()
    if partner is None:
        raise Http404
    context = {
        "now": timezone.now(),
        "partner": partner,
        "leading_back": _leading_back(request),
        "badge": on_or_off(is_active=partner.is_active),
        **_of(request, partner),
    }
    return pages.show(
        request,
        "dashboard/partner.html",
        context,
        title=partner.name,
        live="dashboard/partner_live.html",
    )


def _leading_back(request: HttpRequest) -> str:
    return urlencode({"next": request.get_full_path()})


def _of(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    now, may, back = timezone.now(), request.user.has_perm, request.get_full_path()
    whose = Whose(partner_id=partner.pk)
    found: dict[str, Any] = {}
    if may("partners.view_accessrequest"):
        found["requests"] = partner_lines.open_requests(partner)[:_MOST]
    if may("dashboard.view_apicall"):
        query = partial(choices.address, partner=partner.pk)
        found |= overview.read(whose, USUAL, query=query, now=now)
    if may("partners.view_apikey"):
        keys = key_lines.found(whose=whose, now=now)[:_MOST]
        found["keys"] = key_lines.lines(keys, may=may, back=back, now=now)
        found["new_key"] = key_lines.new_key(may, back=back, partner_id=partner.pk)
    if may("webhooks.view_subscription"):
        rows = list(webhook_lines.found(whose=whose)[:_MOST])
        found["subscriptions"] = webhook_lines.lines(rows, now=now)
    return found

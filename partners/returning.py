"""Back to where one was: an address may name, as `next`, the staff page that it shall lead to."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from partners.middleware import STAFF_PATHS


def way_back(request: HttpRequest, otherwise: str) -> str:
    """What the request names as `next` if that is a staff page, else `otherwise`."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith(STAFF_PATHS) and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None
    )
    return asked if is_ours else otherwise


class LeadsBackMixin:
    """An admin whose forms, once saved, lead back to where one was."""

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """To the list if nothing else was asked for."""
        page: Any = super()
        return _back(request, page.response_post_save_add(request, obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Likewise."""
        page: Any = super()
        return _back(request, page.response_post_save_change(request, obj))


def _back(request: HttpRequest, otherwise: HttpResponseRedirect) -> HttpResponseRedirect:
    path = way_back(request, "")
    return HttpResponseRedirect(path) if path else otherwise

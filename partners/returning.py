"""Back to where one was: an address may name, as `next`, the staff page that it shall lead to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from partners.middleware import STAFF_PATHS


def way_back(request: HttpRequest, otherwise: str) -> str:
    """What the request names as `next` if that is a staff page, else `otherwise`."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith(STAFF_PATHS) and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None
    )
    return asked if is_ours else otherwise

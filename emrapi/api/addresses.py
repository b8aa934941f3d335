"""Where a call came from."""

import ipaddress
from typing import Any

from django.conf import settings


def client_address(request: Any) -> str:
    """The caller's address; '' if unknown.

    X-Forwarded-For is anybody's to write, so it counts only as far as TRUSTED_PROXIES says: with
    two proxies of ours in front, the second entry from the right is the first we did not write.
    """
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXIES and hops[-settings.TRUSTED_PROXIES]:
            return str(hops[-settings.TRUSTED_PROXIES])
    return str(request.META.get("REMOTE_ADDR", ""))


def valid_client_address(request: Any) -> str | None:
    """The same; None if it is unknown, or is no address."""
    address = client_address(request)
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return None
    return address

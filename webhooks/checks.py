"""Misconfiguration of what goes out, found before anything does."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004


@register()
def allowed_networks_are_networks(**_: Any) -> list[CheckMessage]:
    """Each exception is one that can be read."""
    found: list[CheckMessage] = []
    for text in settings.WEBHOOKS_ALLOWED_NETWORKS:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            found.append(
                Error(
                    f"WEBHOOKS_ALLOWED_NETWORKS: {error}.",
                    hint="Write networks as 10.1.0.0/16, separated by commas.",
                    id="webhooks.E001",
                )
            )
    return found


@register(Tags.security, deploy=True)
def nothing_inside_is_sent_to(**_: Any) -> list[CheckMessage]:
    """The exceptions for sandboxes are not made in production."""
    return [
        Warning(
            f"{name} is set: webhooks may {what}.", hint="Leave it unset.", id=f"webhooks.{number}"
        )
        for name, what, number in (
            ("WEBHOOKS_ALLOW_HTTP", "go over plain http, readable on their way", "W001"),
            ("WEBHOOKS_ALLOWED_NETWORKS", "be sent to addresses that are not public", "W002"),
        )
        if getattr(settings, name)
    ]

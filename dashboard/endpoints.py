"""Endpoints as people read them: `GET v1/<ppass:ppass>/tags` is GET and /v1/{PPass}/tags."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# What addresses call the endpoint of all paths that there are not; its own name is empty.
NO_PATH = "-"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMES = {"ppass": "PPass"}


def published(route: str) -> str:
    """A route of ours as the reference spells it; '' for the paths that there are not."""
    if not route:
        return ""
    return "/" + _PARAMETER.sub(lambda found: f"{{{_NAMES.get(found[1], found[1])}}}", route)


def parts(endpoint: str) -> tuple[str, str]:
    """Method and path of an endpoint as the figures name it."""
    method, _, route = endpoint.partition(" ")
    return (method, published(route)) if route else ("", "no such path")


def breakable(path: str) -> SafeString:
    """A path that is broken, where it has to be, before a slash."""
    return format_html_join("/", "{}<wbr>", ((_whole(part),) for part in path.split("/")))


def _whole(part: str) -> str:
    """Not broken at a hyphen, unless a line is too short for it."""
    if "-" not in part or len(part) > 30:
        return part
    return format_html('<span class="nowrap">{}</span>', part)

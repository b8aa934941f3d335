"""The row of tabs, for the frame of the staff pages."""

from typing import Any

from django import template

from dashboard import tabs

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_tabs(context: Any) -> list[dict[str, Any]]:
    """The tabs of whoever asks for the page."""
    return tabs.row(context["request"])

"""Deny by default: a view says which scope it needs; one that says nothing refuses everybody."""

from typing import Any, Final

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from partners.caller import caller_of

# What a view declares in place of a scope when a valid token is enough.
ANY_KEY: Final = "any key"


class HoldsScope(BasePermission):
    """The caller's key is for the practice in the path and holds `view.required_scope`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or PermissionDenied with the reason; False (401) for an anonymous call."""
        if not request.auth:
            return False
        caller = caller_of(request)
        ppass = view.kwargs.get("ppass")
        if ppass is not None and ppass.lower() != caller.ppass.lower():
            raise PermissionDenied(f"This token is for the practice {caller.ppass} only.")
        needed = getattr(view, "required_scope", None)
        if needed is None:
            raise PermissionDenied("This operation is not open to any API key.")
        if needed != ANY_KEY and needed not in caller.scopes:
            raise PermissionDenied(f"This operation needs the scope {needed}.")
        return True

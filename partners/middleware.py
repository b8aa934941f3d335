"""Staff pages see every practice; nothing else does."""

from collections.abc import Callable

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from emrapi.api.addresses import valid_client_address
from emrapi.api.request_ids import request_id_of
from partners.tenancy import STAFF, acting_as, name_actor

STAFF_PATHS = ("/admin/", "/dashboard/")


class StaffDatabaseMiddleware:
    """Runs a staff page in one transaction under the staff role; history names the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a failed page leaves nothing half-written."""
        if not request.path_info.startswith(STAFF_PATHS):
            return self.get_response(request)
        with acting_as(STAFF):
            response = self.get_response(request)
            if hasattr(response, "render"):
                response.render()  # templates read rows: here, while the role lasts
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Here the session is known: say who changes what, for its history and the audit log."""
        if not request.path_info.startswith(STAFF_PATHS) or request.method != "POST":
            return
        user = request.user
        who = {"staff": user.get_username(), "user": user.pk} if user.is_authenticated else {}
        where = {"request": request_id_of(request), "ip": valid_client_address(request)}
        name_actor(**who, **where)


class StaffSessionMiddleware(SessionMiddleware):
    """Sessions are for staff pages: elsewhere a browser that has one is nobody in particular.

    The serving role may not read sessions, and no public answer depends on one.
    """

    def process_request(self, request: HttpRequest) -> None:
        """The browser's session, or for other pages one that is never kept."""
        if request.path_info.startswith(STAFF_PATHS):
            super().process_request(request)
        else:
            request.session = self.SessionStore()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep it, on staff pages."""
        if request.path_info.startswith(STAFF_PATHS):
            return super().process_response(request, response)
        return response

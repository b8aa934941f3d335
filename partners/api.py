"""The base of every view that partners call: who, for which practice, how often; all or nothing.

A request is one database transaction. Its first statement finds the key and sets whose rows may be
seen (`partners.caller.enter`); a refusal or an error rolls all of it back. What a transaction must
not wait for, such as the answer of another server, is done after it (`after_commit`).
"""

from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from emrapi.api.errors import Problem, problem_for
from emrapi.api.parsing import read_ahead
from emrapi.api.views import ApiView
from partners import idempotency, throttling
from partners.authentication import StaleConnection, carries_token
from partners.caller import Caller, caller_of
from partners.tenancy import within_practice

_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
_log = structlog.get_logger(__name__)


class _Replay(Exception):
    """The answer to this write is known already."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


class PartnerViewSet(ApiView, GenericViewSet[Any]):
    """A view behind an access token.

    `required_scope` is a Scope, or ANY_KEY; None, the default, refuses every call.
    """

    required_scope: ClassVar[str | None] = None
    # Where a POST only reads, an Idempotency-Key means nothing.
    writes_on_post: ClassVar[bool] = True
    # How answers are kept for an Idempotency-Key; for those that hold a secret, sealed.
    keeping: ClassVar[idempotency.Keeping] = idempotency.PLAINLY

    # Set by a handler: called when its write is committed, outside of any transaction. What it
    # returns takes the place of the answer's data; until then, and if it fails, the answer that the
    # handler gave holds.
    after_commit: Callable[[], Any] | None = None

    allowance: throttling.Allowance | None = None
    attempt: idempotency.Attempt | None = None

    @property
    def caller(self) -> Caller:
        """Who calls; there is one wherever a handler runs."""
        return caller_of(self.request)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """One transaction, tried again once if a kept connection turns out to be dead."""
        if (refusal := self._read_body(request)) is not None:
            return refusal
        try:
            return self._in_transaction(request, *args, **kwargs)
        except StaleConnection:
            connection.close()
        try:
            return self._in_transaction(request, *args, **kwargs)
        except StaleConnection as error:
            return problem_for(request, error.__cause__ or error)

    def _read_body(self, request: HttpRequest) -> HttpResponse | None:
        """Read the body before the transaction begins: a slow client must not hold one open.

        The body of a caller without a token of ours is left alone: he is refused without it.
        """
        if request.method in _WITH_BODY and carries_token(request):
            try:
                read_ahead(request, self.max_body_bytes)
            except (Problem, UnreadablePostError) as error:
                return problem_for(request, error)
        return None

    def _in_transaction(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with transaction.atomic():
                response = super().dispatch(request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                    self.after_commit = None
                elif self.after_commit and self.attempt:
                    idempotency.keep_running(self.attempt)
        except (DatabaseError, InterfaceError) as error:
            # Connecting or committing failed: outside of what the view itself can answer.
            return problem_for(request, error)
        if self.after_commit:
            self._finish(response, self.after_commit)
        return response

    def _finish(self, response: Any, after_commit: Callable[[], Any]) -> None:
        """What comes after the commit, its answer kept in place of the first one."""
        try:
            response.data = after_commit()
            if self.attempt:
                with within_practice(self.caller.practice_id):
                    idempotency.finish_again(self.attempt, response)
        except (DatabaseError, InterfaceError) as error:
            _log.warning("after_commit_failed", error=type(error).__name__)
        finally:
            if self.attempt:
                idempotency.stop_running(self.attempt)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who, how often, whether; then, for a write with an Idempotency-Key, whether again."""
        self.perform_authentication(request)
        if request.auth:
            self._count_call(self.caller)
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and self.writes_on_post:
            self.attempt = idempotency.attempt_of(request, self.keeping)
            if self.attempt and (answer := idempotency.begin(self.attempt)):
                raise _Replay(answer)

    def _count_call(self, caller: Caller) -> None:
        limit = caller.rate_limit or settings.RATE_LIMIT
        self.allowance = throttling.count("key", str(caller.key_id), limit)
        if self.allowance.is_exceeded:
            raise Throttled(self.allowance.reset)

    def handle_exception(self, exc: Exception) -> Any:
        """As DRF, but for the two that are not errors of the request."""
        if isinstance(exc, StaleConnection):
            raise exc
        if isinstance(exc, _Replay):
            self.attempt = None
            return exc.answer
        return super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add the rate limit, and keep the answer of a write that carried an Idempotency-Key."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            for name, value in self.allowance.headers().items():
                response[name] = value
        if self.attempt and isinstance(response, Response) and response.status_code < 400:
            idempotency.finish(self.attempt, response)
        return response

"""Tickets: list, search, open, read, change, comment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from emrapi.api.envelopes import (
    CreateMixin,
    ListMixin,
    OneMixin,
    RetrieveMixin,
    UpdateMixin,
    written,
)
from emrapi.api.errors import Conflict
from emrapi.api.schema import page_of, written_of
from partners.api import PartnerViewSet
from partners.scopes import Scope
from tickets import desk, examples, steps
from tickets.filters import TicketFilters
from tickets.models import Ticket, TicketCount
from tickets.models.ticket import TicketQuerySet
from tickets.serializers import CommentSerializer, TicketDetailSerializer, TicketSerializer

_TAGS = ["Tickets"]
# Asked for nothing but these, a list has a total that is known without counting.
_COUNTED = ("status", "priority")
_STEPS = "\n".join(
    [
        "",
        "| from | to |",
        "| --- | --- |",
        *(f"| {before} | {', '.join(after)} |" for before, after in steps.STEPS.items() if before),
    ]
)


class TicketViewSet(ListMixin, CreateMixin, RetrieveMixin, UpdateMixin, PartnerViewSet):
    """Tickets of the caller's practice."""

    required_scope = Scope.TICKETS
    filterset_class = TicketFilters
    created_message = "Ticket created successfully"
    updated_message = "Ticket updated successfully"

    def get_serializer_class(self) -> Any:
        """With comments, where there is one ticket."""
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    def get_queryset(self) -> TicketQuerySet:
        """Newest first."""
        tickets = Ticket.objects.filter(practice_id=self.caller.practice_id)
        tickets = tickets.defer("search_text", "assignee").order_by("-id")
        is_whole = self.action in ("retrieve", "update")
        return tickets.prefetch_related("comments") if is_whole else tickets

    def filter_queryset(self, queryset: Any) -> Any:
        """As ever; and how many they are, where that is known."""
        tickets: Any = super().filter_queryset(queryset)
        asked = {name: value for name, value in self.request.query_params.items() if value}
        of = {name: asked.pop(name) for name in _COUNTED if name in asked}
        if asked.keys() - {"page", "limit"}:
            return tickets
        counts = TicketCount.objects.filter(practice_id=self.caller.practice_id, **of)
        return tickets.counted_by(counts)

    @extend_schema(
        operation_id="listTickets",
        summary="List and search tickets",
        description="Newest first: by descending TicketID.",
        tags=_TAGS,
        responses={200: page_of(TicketSerializer)},
        examples=examples.TICKETS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="createTicket",
        summary="Open a ticket",
        description="Needs a Subject. A ticket begins Open, and Normal unless you say.",
        tags=_TAGS,
        examples=examples.NEW_TICKET,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The new ticket."""
        return super().create(request, *args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Under the caller's key."""
        with _refusals_answered():
            serializer.save(
                practice_id=self.caller.practice_id,
                api_key_id=self.caller.key_id,
                now=self.caller.now,
            )

    @extend_schema(
        operation_id="getTicket",
        summary="Get one ticket",
        description="With its comments, the oldest first.",
        tags=_TAGS,
        examples=examples.TICKET,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One ticket."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        methods=["PUT"],
        operation_id="updateTicket",
        summary="Update ticket status or other details",
        description=(
            "Changes the fields that are sent and leaves the others. Status moves only along these"
            f" steps; another one is a 409 whose `allowed` names them:\n{_STEPS}\n\n"
            "To send the status that it has changes nothing."
        ),
        tags=_TAGS,
        responses={200: written_of(TicketDetailSerializer), 409: None},
        examples=examples.CHANGED_TICKET,
    )
    @extend_schema(
        methods=["PATCH"],
        operation_id="patchTicket",
        summary="Update ticket status or other details",
        description="The same as PUT.",
        tags=_TAGS,
        responses={200: written_of(TicketDetailSerializer), 409: None},
        examples=examples.CHANGED_TICKET,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The ticket as changed."""
        return super().update(request, *args, **kwargs)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """One step at most."""
        with _refusals_answered():
            serializer.save(now=self.caller.now)


class CommentViewSet(OneMixin, PartnerViewSet):
    """Comments on a ticket of the caller's practice."""

    required_scope = Scope.TICKETS
    serializer_class = CommentSerializer

    def get_queryset(self) -> TicketQuerySet:
        """What can be commented."""
        return Ticket.objects.filter(practice_id=self.caller.practice_id).defer(
            "search_text", "assignee"
        )

    @extend_schema(
        operation_id="commentTicket",
        summary="Add a comment to a ticket",
        description=(
            "A comment cannot be changed or taken back. Author is your text; which API key wrote it"
            f" is kept beside it. A ticket holds {desk.MOST_COMMENTS} comments; one more is a 409."
        ),
        tags=_TAGS,
        responses={201: written_of(CommentSerializer)},
        examples=examples.NEW_COMMENT,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The comment."""
        ticket = self.get_locked_object()
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        with _refusals_answered():
            said = desk.comment(
                ticket=ticket,
                **{"author": self.caller.partner_name, **body.validated_data},
                api_key_id=self.caller.key_id,
                now=self.caller.now,
            )
        return written("Comment added successfully", self.get_serializer(said).data, created=True)


def _also_as(**operations: str) -> Any:
    """Another operation id for each of the methods."""

    def renamed(handler: Any) -> Any:
        for method, operation_id in operations.items():
            handler = extend_schema(methods=[method.upper()], operation_id=operation_id)(handler)
        return handler

    return renamed


@extend_schema_view(
    retrieve=_also_as(get="getSameTicket"),
    update=_also_as(put="updateSameTicket", patch="patchSameTicket"),
)
class SameTicketViewSet(TicketViewSet):
    """The same at the other spelling of the path, under operation ids of their own."""


@extend_schema_view(create=_also_as(post="commentSameTicket"))
class SameCommentViewSet(CommentViewSet):
    """The same at the other spelling."""


@contextmanager
def _refusals_answered() -> Iterator[None]:
    """409 for what does not follow, naming what does."""
    try:
        yield
    except steps.WrongStep as wrong:
        raise Conflict(str(wrong), code="wrong-status", allowed=list(wrong.allowed)) from None
    except desk.TooManyComments as refusal:
        raise Conflict(str(refusal), code="too-many-comments") from None

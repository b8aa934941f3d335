"""Prospects: list, search, create, read, update."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from emrapi.api.envelopes import CreateMixin, ListMixin, RetrieveMixin, UpdateMixin
from emrapi.api.errors import Conflict
from emrapi.api.schema import written_of
from prospects import duplicates, examples
from prospects.filters import PersonFilters
from prospects.serializers import NewPersonQuery, PersonSerializer, PossibleDuplicateSerializer
from prospects.views.base import PeopleViewSet


class ProspectViewSet(ListMixin, CreateMixin, RetrieveMixin, UpdateMixin, PeopleViewSet):
    """People of the practice, prospects and patients."""

    serializer_class = PersonSerializer
    filterset_class = PersonFilters
    query_serializers = {"create": NewPersonQuery}
    created_message = "Prospect created successfully"
    updated_message = "Prospect updated successfully"

    @extend_schema(
        operation_id="listProspects",
        summary="List and search prospects",
        description="Newest first: by descending PatientID.",
        tags=["Prospects"],
        examples=examples.PEOPLE,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="createProspect",
        summary="Create a new prospect",
        description=(
            "Needs FullName, or FirstName and LastName. People with the same e-mail address, the"
            " same phone number, or the same name and date of birth are told as"
            " possibleDuplicates; with `onDuplicate=reject` the answer is 409 instead, with the"
            " same list, and nothing is written."
        ),
        tags=["Prospects"],
        responses={
            201: written_of(
                PersonSerializer, possibleDuplicates=PossibleDuplicateSerializer(many=True)
            )
        },
        examples=examples.NEW_PERSON,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The new person, and who may be the same."""
        response = super().create(request, *args, **kwargs)
        if self.matches:
            response.data["possibleDuplicates"] = self.matches
        return response

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """409 if there may be the same person already and the caller asked for that."""
        try:
            person = serializer.save(
                practice_id=self.caller.practice_id,
                refuse_duplicates=self.query["onDuplicate"] == "reject",
            )
        except duplicates.PossibleDuplicate as refusal:
            raise Conflict(
                "There may be the same person already; nothing was written.",
                code="possible-duplicate",
                possibleDuplicates=_on_the_wire(refusal.matches),
            ) from None
        self.matches = _on_the_wire(person.possible_duplicates)

    @extend_schema(
        operation_id="getProspect",
        summary="Get one prospect",
        description="With the names of the tags, and the address of the picture.",
        tags=["Prospects"],
        examples=examples.PERSON,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One person."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        methods=["PUT"],
        operation_id="updateProspect",
        summary="Update an existing prospect",
        description="Changes the fields that are sent and leaves the others.",
        tags=["Prospects"],
        examples=examples.CHANGED_PERSON,
    )
    @extend_schema(
        methods=["PATCH"],
        operation_id="patchProspect",
        summary="Update an existing prospect",
        description="The same as PUT.",
        tags=["Prospects"],
        examples=examples.CHANGED_PERSON,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The person as changed."""
        return super().update(request, *args, **kwargs)


def _on_the_wire(matches: list[duplicates.Match]) -> list[dict[str, Any]]:
    return list(PossibleDuplicateSerializer(matches, many=True).data)

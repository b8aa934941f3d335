"""The tags of the practice, and those of one person."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from emrapi.api.envelopes import (
    CreateMixin,
    DestroyMixin,
    ListMixin,
    RetrieveMixin,
    UpdateMixin,
    written,
)
from emrapi.api.etags import check_if_match, etag_of
from emrapi.api.schema import one_of, written_of
from partners.api import PartnerViewSet
from partners.scopes import Scope
from prospects import examples, tags
from prospects.models import Tag
from prospects.serializers import PersonTagsSerializer, TagSerializer
from prospects.views.base import PeopleViewSet


class PersonTagsViewSet(RetrieveMixin, PeopleViewSet):
    """The tags of one person, as a set."""

    serializer_class = PersonTagsSerializer
    etag_actions = ("update",)

    @extend_schema(
        operation_id="getProspectTags",
        summary="Get the tags of a prospect",
        description="Their names in alphabetical order.",
        tags=["Tags"],
        responses={200: one_of(PersonTagsSerializer)},
        examples=examples.PERSON_TAGS,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Their names."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="replaceProspectTags",
        summary="Replace the tags of a prospect",
        description="Leaves the prospect with exactly these; tags that are new are created.",
        tags=["Tags"],
        responses={200: written_of(PersonTagsSerializer)},
        examples=examples.NEW_PERSON_TAGS,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The set as it is now."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        person = self.get_locked_object()
        check_if_match(request.headers, {"Tags": person.tag_names})
        tags.replace(person=person, names=body.validated_data["tag_names"])
        data = {"Tags": tags.names_of(person)}
        response = written("Tags updated successfully", data)
        response["ETag"] = etag_of(data)
        return response


class TagViewSet(ListMixin, CreateMixin, UpdateMixin, DestroyMixin, PartnerViewSet):
    """The tags of the practice."""

    required_scope = Scope.PROSPECTS
    serializer_class = TagSerializer
    created_message = "Tag created successfully"
    updated_message = "Tag updated successfully"
    deleted_message = "Tag deleted successfully"

    def get_queryset(self) -> Any:
        """In alphabetical order."""
        return Tag.objects.filter(practice_id=self.caller.practice_id).with_count()

    @extend_schema(
        operation_id="listTags",
        summary="List the tags of the practice",
        description="In alphabetical order. Count is how many people have the tag.",
        tags=["Tags"],
        examples=examples.TAGS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="createTag",
        summary="Create a tag",
        description="A tag that differs from another only in case is a 409.",
        tags=["Tags"],
        examples=examples.NEW_TAG,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The new tag."""
        return super().create(request, *args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """In the caller's practice."""
        serializer.save(practice_id=self.caller.practice_id)

    @extend_schema(
        methods=["PUT"],
        operation_id="updateTag",
        summary="Rename a tag, or change its colour",
        description="For the people who have it, another name is a change of theirs.",
        tags=["Tags"],
        responses={200: written_of(TagSerializer), 409: None},
        examples=examples.CHANGED_TAG,
    )
    @extend_schema(
        methods=["PATCH"],
        operation_id="patchTag",
        summary="Rename a tag, or change its colour",
        description="The same as PUT.",
        tags=["Tags"],
        responses={200: written_of(TagSerializer), 409: None},
        examples=examples.CHANGED_TAG,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The tag as changed."""
        return super().update(request, *args, **kwargs)

    @extend_schema(
        operation_id="deleteTag",
        summary="Delete a tag",
        description="Takes it off everybody who has it, which is a change of theirs.",
        tags=["Tags"],
        examples=examples.DELETED_TAG,
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The tag as it was."""
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Tag) -> None:
        """Off the people first."""
        tags.delete(tag=instance)

"""What answers look like around their data, and the five actions that make most of them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from emrapi.api.etags import check_if_match, etag_of, is_known


def one(data: Any, **members: Any) -> Response:
    """`{"data": {…}}`."""
    return Response({"data": data, **members})


def many(items: Sequence[Any], **members: Any) -> Response:
    """`{"data": […], "count": n}`, for a list that is not paged."""
    return Response({"data": items, "count": len(items), **members})


def written(message: str, data: Any, *, created: bool = False, **members: Any) -> Response:
    """`{"message": "…", "data": {…}}`: 201 if it created, else 200."""
    code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    return Response({"message": message, "data": data, **members}, status=code)


class ListMixin(GenericAPIView[Any]):
    """`list`: the filtered rows, a page of them if the view has pages."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, or all."""
        queryset = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(queryset)
        if page is None:
            return many(self.get_serializer(queryset, many=True).data)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class CreateMixin(GenericAPIView[Any]):
    """`create`: a new row. Hook: `perform_create`."""

    created_message: ClassVar[str] = "Created successfully"

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201 and the row as it is now."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        response = written(self.created_message, serializer.data, created=True)
        response["ETag"] = etag_of(serializer.data)
        return response

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Save it."""
        serializer.save()


class OneMixin(GenericAPIView[Any]):
    """Finds the row that the path names among those of `get_queryset`; 404 if it is not there."""

    lookup_url_kwarg = "id"

    def get_object(self) -> Any:
        """The row."""
        return self._find(self.get_queryset())

    def get_locked_object(self) -> Any:
        """The row, ours until the transaction ends."""
        return self._find(self.get_queryset().select_for_update(of=("self",)))

    def tagged(self, data: Any) -> Any:
        """What of an answer its ETag stands for: all, unless a part moves on by itself."""
        return data

    def _find(self, queryset: Any) -> Any:
        key = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        row = get_object_or_404(queryset, **{self.lookup_field: key})
        self.check_object_permissions(self.request, row)
        return row


class RetrieveMixin(OneMixin):
    """`retrieve`: one row, with its ETag."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The row, or 304 if the caller has it already."""
        data = self.get_serializer(self.get_object()).data
        etag = etag_of(self.tagged(data))
        if is_known(request.headers, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        response = one(data)
        response["ETag"] = etag
        return response


class UpdateMixin(OneMixin):
    """`update`, for PUT and PATCH alike: changes what is sent. Hook: `perform_update`."""

    updated_message: ClassVar[str] = "Updated successfully"

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The row as it is now; 412 if it has changed since the caller saw it."""
        with transaction.atomic(savepoint=False):
            row = self.get_locked_object()
            if "If-Match" in request.headers:
                check_if_match(request.headers, self.tagged(self.get_serializer(row).data))
            serializer = self.get_serializer(row, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            self.perform_update(serializer)
            response = written(self.updated_message, serializer.data)
        response["ETag"] = etag_of(self.tagged(serializer.data))
        return response

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """Save it."""
        serializer.save()


class DestroyMixin(OneMixin):
    """`destroy`: answers the row as it was. Hook: `perform_destroy`."""

    deleted_message: ClassVar[str] = "Deleted successfully"

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The row as it was; 412 if it has changed since the caller saw it."""
        with transaction.atomic(savepoint=False):
            row = self.get_locked_object()
            data = self.get_serializer(row).data
            check_if_match(request.headers, self.tagged(data))
            self.perform_destroy(row)
        return written(self.deleted_message, data)

    def perform_destroy(self, instance: Any) -> None:
        """Delete it."""
        instance.delete()

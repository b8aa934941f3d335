"""The pictures of prospects."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import OneMixin
from emrapi.api.etags import etag_of_bytes, is_known
from emrapi.api.rendering import BytesRenderer, ImageRenderer
from prospects import pictures
from prospects.views.base import PeopleViewSet


class PictureViewSet(OneMixin, PeopleViewSet):
    """The file behind PtImg."""

    renderer_classes = [ImageRenderer, BytesRenderer]
    etag_actions = ("retrieve",)

    @extend_schema(
        operation_id="getProspectPicture",
        summary="Get the picture of a prospect",
        description="The address that PtImg answers; it needs the same token as any other.",
        tags=["Prospects"],
        responses={
            (200, media_type): OpenApiResponse(OpenApiTypes.BINARY, "PNG, JPEG or WebP.")
            for media_type in (*pictures.MEDIA_TYPES.values(), BytesRenderer.media_type)
        },
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The picture's bytes, for this caller's eyes only."""
        name = self.get_object().picture.name
        found = pictures.read(name) if name else None
        if found is None:
            raise Http404
        content, media_type = found
        if isinstance(request.accepted_renderer, BytesRenderer):
            media_type = BytesRenderer.media_type
        headers = {
            "ETag": etag_of_bytes(content),
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline",
        }
        if is_known(request.headers, headers["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(content, content_type=media_type, headers=headers)

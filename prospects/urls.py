"""Paths of prospects and tags."""

from django.urls import path

from prospects.views import PersonTagsViewSet, PictureViewSet, ProspectViewSet, TagViewSet

urlpatterns = [
    path(
        "<ppass:ppass>/prospects",
        ProspectViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "<ppass:ppass>/prospects/<id:id>",
        ProspectViewSet.as_view({"get": "retrieve", "put": "update", "patch": "update"}),
    ),
    path(
        "<ppass:ppass>/prospects/<id:id>/picture",
        PictureViewSet.as_view({"get": "retrieve"}),
        name="prospect-picture",
    ),
    path(
        "<ppass:ppass>/prospects/<id:id>/tags",
        PersonTagsViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
    path("<ppass:ppass>/tags", TagViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "<ppass:ppass>/tags/<id:id>",
        TagViewSet.as_view({"put": "update", "patch": "update", "delete": "destroy"}),
    ),
]

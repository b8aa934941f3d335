"""Paths of the knowledge base, which is for all practices."""

from django.urls import path

from knowledge.views import ArticleViewSet, CategoryViewSet, RevisionViewSet

urlpatterns = [
    path("kb", ArticleViewSet.as_view({"get": "list"})),
    path("kb/categories", CategoryViewSet.as_view({"get": "list"})),
    path(
        "kb/<id:id>",
        ArticleViewSet.as_view({"get": "retrieve", "put": "update", "patch": "update"}),
    ),
    path("kb/<id:id>/revisions", RevisionViewSet.as_view({"get": "list"})),
    path("kb/<id:id>/revisions/<id:rev>/restore", RevisionViewSet.as_view({"post": "restore"})),
]

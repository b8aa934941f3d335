"""Paths of tickets. The reference spells one ticket's path in two ways; both work everywhere."""

from typing import Any

from django.urls import path

from tickets.views import (
    CommentViewSet,
    SameCommentViewSet,
    SameTicketViewSet,
    TicketViewSet,
)

_ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "update"}
_COMMENT: dict[str, Any] = {"post": "create"}

urlpatterns = [
    path("<ppass:ppass>/tickets", TicketViewSet.as_view({"get": "list", "post": "create"})),
    path("<ppass:ppass>/ticket/<id:id>", TicketViewSet.as_view(_ONE)),
    path("<ppass:ppass>/tickets/<id:id>/comment", CommentViewSet.as_view(_COMMENT)),
    path("<ppass:ppass>/tickets/<id:id>", SameTicketViewSet.as_view(_ONE)),
    path("<ppass:ppass>/ticket/<id:id>/comment", SameCommentViewSet.as_view(_COMMENT)),
]

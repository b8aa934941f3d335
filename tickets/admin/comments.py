"""The conversation about a ticket, to read; one answers in the form below it."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from partners.models import ApiKey
from tickets.models import Comment


class CommentInline(admin.StackedInline[Any, Any]):
    """What was said, the oldest first."""

    model = Comment
    template = "admin/tickets/comments.html"
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        """With the names of key and partner, within the same query."""
        keys = ApiKey.objects.filter(pk=OuterRef("api_key_id"))
        comments: QuerySet[Comment] = super().get_queryset(request)
        return comments.order_by("id").annotate(
            key_name=Subquery(keys.values("name")[:1]),
            partner_name=Subquery(keys.values("partner__name")[:1]),
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the ticket."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In the form's reply."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Said is said."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And stays."""
        return False

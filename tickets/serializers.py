"""Tickets and comments on the wire."""

from typing import Any

from emrapi.api.fields import TextField
from emrapi.api.wire import WireModelSerializer
from tickets import desk
from tickets.models import Comment, Ticket


class CommentSerializer(WireModelSerializer):
    """What somebody said."""

    Comment = TextField(max_length=10_000)
    Author = TextField(
        max_length=200,
        required=False,
        trim_whitespace=True,
        help_text="Who says it, in your words; the name of your company unless sent.",
    )

    class Meta:
        model = Comment
        wire = {
            "CommentID": "id",
            "Comment": "text",
            "Author": "author",
            "CreatedAt": "created_at",
        }
        read_only = ("CommentID", "CreatedAt")


class TicketSerializer(WireModelSerializer):
    """A ticket. Text that was not given is "", and null clears it."""

    Subject = TextField(max_length=200, trim_whitespace=True)

    class Meta:
        model = Ticket
        wire = {
            "TicketID": "id",
            "Subject": "subject",
            "Description": "description",
            "Status": "status",
            "Priority": "priority",
            "Category": "category",
            "Requester": "requester",
            "AssignedTo": "assigned_to",
            "CreatedAt": "created_at",
            "UpdatedAt": "updated_at",
        }
        read_only: tuple[str, ...] = ("TicketID", "CreatedAt", "UpdatedAt")
        null_clears_text = True

    def create(self, validated_data: dict[str, Any]) -> Ticket:
        """Nobody has said anything about it yet."""
        return desk.open_ticket(**validated_data)

    def update(self, instance: Ticket, validated_data: dict[str, Any]) -> Ticket:
        """The same row, changed."""
        now = validated_data.pop("now")
        desk.change(ticket=instance, values=validated_data, now=now)
        return instance


class TicketDetailSerializer(TicketSerializer):
    """A ticket and what was said about it, from the first comment on."""

    Comments = CommentSerializer(many=True, read_only=True)

    class Meta(TicketSerializer.Meta):
        wire = {**TicketSerializer.Meta.wire, "Comments": "comments"}
        read_only = (*TicketSerializer.Meta.read_only, "Comments")

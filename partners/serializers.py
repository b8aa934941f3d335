"""What goes in and out of the token exchange and of a partner's own profile."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from emrapi.api.fields import InstantField, IntegerField, TextField
from emrapi.api.wire import WireModelSerializer, WireSerializer
from partners import profile
from partners.models import Partner
from partners.scopes import ALL_SCOPES


class TokenRequestSerializer(WireSerializer):
    """The key, in whose place a token is asked for."""

    apiKey = TextField(max_length=200, trim_whitespace=True)  # noqa: N815


class TokenSerializer(WireSerializer):
    """The token, exactly as published: no envelope."""

    accessToken = serializers.CharField()  # noqa: N815
    tokenType = serializers.ChoiceField(choices=["Bearer"])  # noqa: N815
    expiresIn = serializers.CharField(help_text='Its life, such as "24h".')  # noqa: N815


class OwnKeySerializer(WireSerializer):
    """The key that calls."""

    id = IntegerField(source="key_id")
    name = serializers.CharField(source="key_name")
    scopes = serializers.ListField(
        source="key_scopes", child=serializers.ChoiceField(choices=ALL_SCOPES)
    )
    practice = serializers.CharField(source="ppass", help_text="The PPass of its practice.")
    expiresAt = InstantField(source="expires_at", allow_null=True)  # noqa: N815
    lastUsedAt = InstantField(  # noqa: N815
        source="last_used_at", allow_null=True, help_text="To the minute."
    )


class ProfileSerializer(WireModelSerializer):
    """A partner as it sees itself."""

    status = serializers.SerializerMethodField()
    key = serializers.SerializerMethodField()
    rateLimit = serializers.SerializerMethodField(  # noqa: N815
        help_text="How many calls a minute the key may make."
    )

    class Meta:
        model = Partner
        wire = {
            "id": "id",
            "name": "name",
            "companyName": "company_name",
            "contactName": "contact_name",
            "email": "email",
            "phone": "phone",
            "website": "website",
            "alertEmail": "alert_email",
            "status": "status",
            "createdAt": "created_at",
            "key": "key",
            "rateLimit": "rateLimit",
        }
        read_only = ("id", "createdAt")
        null_clears_text = True

    def validate_website(self, value: str) -> str:
        """An address that can be opened in a browser."""
        if value and not value.startswith(("https://", "http://")):
            raise ValidationError("Must begin with https:// or http://.", code="invalid")
        return value

    def update(self, instance: Partner, validated_data: dict[str, str]) -> Partner:
        """The row as it is then."""
        profile.change(validated_data)
        return profile.own()

    @extend_schema_field(serializers.ChoiceField(choices=["active", "disabled"]))
    def get_status(self, partner: Partner) -> str:
        """Whether it is let in at all."""
        return "active" if partner.is_active else "disabled"

    @extend_schema_field(OwnKeySerializer)
    def get_key(self, partner: Partner) -> Any:
        """That of this call."""
        return OwnKeySerializer(self.context["request"].user).data

    @extend_schema_field(IntegerField(min_value=1))
    def get_rateLimit(self, partner: Partner) -> int:  # noqa: N802
        """Its own, or everybody's."""
        return int(self.context["request"].user.rate_limit or settings.RATE_LIMIT)

"""What goes in and out of the token exchange."""

from rest_framework import serializers

from emrapi.api.fields import TextField
from emrapi.api.wire import WireSerializer


class TokenRequestSerializer(WireSerializer):
    """The key, in whose place a token is asked for."""

    apiKey = TextField(max_length=200, trim_whitespace=True)  # noqa: N815


class TokenSerializer(WireSerializer):
    """The token, exactly as published: no envelope."""

    accessToken = serializers.CharField()  # noqa: N815
    tokenType = serializers.ChoiceField(choices=["Bearer"])  # noqa: N815
    expiresIn = serializers.CharField(help_text='Its life, such as "24h".')  # noqa: N815

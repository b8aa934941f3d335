"""Fields that only people have."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from emrapi.api.fields import StrictText
from prospects import pictures


@extend_schema_field({"type": "string"})
class PictureField(StrictText):
    """In: base64 or a data URI; null or "" removes it. Out: the picture's address, or null."""

    def run_validation(self, data: Any = empty) -> Any:
        """A Picture, or None; sending back the address that was answered changes nothing."""
        if data is None or data == "":
            return None
        person = getattr(self.parent, "instance", None)
        if person is not None and data == self.to_representation(person.picture):
            raise serializers.SkipField
        return super().run_validation(data)

    def to_internal_value(self, data: str) -> Any:
        """The picture, verified and encoded anew."""
        try:
            return pictures.from_base64(super().to_internal_value(data))
        except pictures.BadPicture as error:
            raise ValidationError(str(error), code="invalid") from None

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        """An address that asks for the same token as any other."""
        if not value:
            return None
        request = self.context["request"]
        path = reverse(
            "prospect-picture", kwargs={"ppass": request.user.ppass, "id": value.instance.pk}
        )
        base = settings.PUBLIC_URL
        return f"{base}{path}" if base else str(request.build_absolute_uri(path))

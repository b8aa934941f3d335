"""People and tags on the wire."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from emrapi.api.errors import Conflict
from emrapi.api.fields import FlagField, IntegerField, TextField
from emrapi.api.wire import WireModelSerializer, WireSerializer
from prospects import models as stored
from prospects import people, tags
from prospects.fields import PictureField
from prospects.models import Person


class PersonSerializer(WireModelSerializer):
    """A person. Text that was not given is "", and null clears it."""

    Prospect = FlagField(required=False, help_text="1 or 0; 1 unless sent.")
    PtImg = PictureField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Send a PNG, JPEG or WebP of up to 2 MiB in base64; answered is its address.",
    )
    Tags = serializers.ListField(source="tag_names", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Person
        wire = {
            "PatientID": "id",
            "FirstName": "first_name",
            "MI": "middle_initial",
            "LastName": "last_name",
            "FullName": "full_name",
            "NickName": "nickname",
            "Gender": "gender",
            "DOB": "birth_date",
            "LifeStage": "life_stage",
            "Pronouns": "pronouns",
            "SexualIdentity": "sexual_identity",
            "PrimaryLanguage": "primary_language",
            "Type": "type",
            "Phone": "phone",
            "CellPhone": "cell_phone",
            "SMSPhone": "sms_phone",
            "EMail": "email",
            "Address": "address",
            "Unit": "unit",
            "City": "city",
            "State": "state",
            "Zip": "postal_code",
            "Country": "country",
            "ProviderID": "provider",
            "Prospect": "is_prospect",
            "Sh_Name": "shipping_name",
            "Sh_Address": "shipping_address",
            "Sh_Unit": "shipping_unit",
            "Sh_City": "shipping_city",
            "Sh_State": "shipping_state",
            "Sh_Zip": "shipping_postal_code",
            "Sh_Country": "shipping_country",
            "PtImg": "picture",
            "Notes": "notes",
            "Tags": "tag_names",
            "CreatedAt": "created_at",
            "UpdatedAt": "updated_at",
        }
        read_only = ("PatientID", "Tags", "CreatedAt", "UpdatedAt")
        null_clears_text = True

    def validate_DOB(self, value: Any) -> Any:  # noqa: N802
        """Nobody is born tomorrow, by the practice's calendar."""
        caller = self.context["request"].user
        today = caller.now.astimezone(zoneinfo.ZoneInfo(caller.time_zone)).date()
        if value is not None and value > today:
            raise ValidationError("Must not be in the future.", code="future")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Everybody has a name; a full name that was composed follows the names it is made of."""
        after = self._names_after(attrs)
        if after.full_name:
            return attrs
        if self.instance is None and not (after.first_name and after.last_name):
            raise ValidationError(_missing_names(after))
        if not after.composed_name():
            raise ValidationError({"FullName": [_NO_NAME]})
        return {**attrs, "full_name": after.composed_name()}

    def _names_after(self, attrs: Mapping[str, Any]) -> Person:
        """A person with the names as they will be; the full name empty if it is to be composed."""
        names = ("first_name", "middle_initial", "last_name", "full_name")
        before = self.instance or Person()
        after = Person(**{name: attrs.get(name, getattr(before, name)) for name in names})
        if "full_name" not in attrs and before.full_name == before.composed_name():
            after.full_name = ""
        return after

    def create(self, validated_data: dict[str, Any]) -> Person:
        """With `possible_duplicates`, those who may be the same."""
        person, matches = people.add(**validated_data)
        person.tag_names = []  # type: ignore[attr-defined]
        person.possible_duplicates = matches  # type: ignore[attr-defined]
        return person

    def update(self, instance: Person, validated_data: dict[str, Any]) -> Person:
        """The same row, changed."""
        people.change(person=instance, values=validated_data)
        return instance


_NO_NAME = ErrorDetail("Send FullName, or FirstName and LastName.", code="required")


def _missing_names(person: Person) -> dict[str, list[ErrorDetail]]:
    """FullName is missing, unless one of the other two was sent: then the other one is."""
    if person.first_name:
        return {"LastName": [_NO_NAME]}
    return {"FirstName" if person.last_name else "FullName": [_NO_NAME]}


class NewPersonQuery(WireSerializer):
    """Parameters of adding a person."""

    onDuplicate = serializers.ChoiceField(  # noqa: N815
        choices=["allow", "reject"],
        default="allow",
        help_text="`reject`: answer 409 and write nothing if there may be the same person already.",
    )


class PossibleDuplicateSerializer(WireSerializer):
    """Somebody who may be the same person."""

    PatientID = IntegerField(source="person_id")
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=["email", "name+dob", "phone"])
    )


class TagSerializer(WireModelSerializer):
    """A tag of the practice."""

    Tag = TextField(max_length=50, trim_whitespace=True)
    Color = TextField(
        required=False,
        validators=[RegexValidator(tags.COLOR, "Must be a colour such as #1e90ff.")],
        help_text="`#rrggbb`, answered in small letters; grey, `#808080`, unless sent.",
    )
    Count = IntegerField(
        source="people_count", read_only=True, help_text="How many people have it."
    )

    class Meta:
        model = stored.Tag
        wire = {"TagID": "id", "Tag": "name", "Color": "color", "Count": "people_count"}
        read_only = ("TagID", "Count")

    def validate_Tag(self, value: str) -> str:  # noqa: N802
        """One tag of a name, in whatever case."""
        same = stored.Tag.objects.filter(practice_id=self.context["request"].user.practice_id)
        same = same.named([value])
        if self.instance is not None:
            same = same.exclude(pk=self.instance.pk)
        if same.exists():
            fault = {"field": "Tag", "code": "duplicate", "message": "There is such a tag."}
            raise Conflict("There is a tag of this name already.", errors=[fault])
        return value

    def validate_Color(self, value: str) -> str:  # noqa: N802
        """In small letters."""
        return value.lower()

    def create(self, validated_data: dict[str, Any]) -> stored.Tag:
        """Nobody has it yet."""
        tag = stored.Tag.objects.create(**validated_data)
        tag.people_count = 0  # type: ignore[attr-defined]
        return tag

    def update(self, instance: stored.Tag, validated_data: dict[str, Any]) -> stored.Tag:
        """The same row, changed."""
        tags.change(
            tag=instance,
            name=validated_data.get("name", instance.name),
            color=validated_data.get("color", instance.color),
        )
        return instance


class PersonTagsSerializer(WireSerializer):
    """The names of a person's tags."""

    Tags = serializers.ListField(
        source="tag_names",
        child=TextField(max_length=50, trim_whitespace=True),
        max_length=tags.MOST_TAGS,
    )

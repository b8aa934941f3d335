"""What booking refuses, as the API says it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from emrapi.api.errors import Conflict
from emrapi.api.fields import InstantField
from scheduling.refusals import Refused, SlotTaken, TooManyHolds, Unknown, WrongStatus
from scheduling.visit_serializers import RowsSerializer

_ROWS = ("PatientID", "ProviderID", "VisitType")


@contextmanager
def refusals_answered(
    asked: Mapping[str, Any] | None = None, context: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """400 for what cannot be, naming its field; 409 for what others have taken.

    `asked` is the body; with its `context` all rows that are not there are named at once.
    """
    asked = asked or {}
    try:
        yield
    except Refused as refused:
        if isinstance(refused, Unknown) and context is not None:
            _name_all_unknown(asked, context)
        fault = ErrorDetail(refused.message, code=refused.code)
        raise ValidationError({refused.field: [fault]}) from None
    except WrongStatus as wrong:
        raise Conflict(str(wrong), code="wrong-status") from None
    except TooManyHolds as many:
        raise Conflict(
            str(many),
            code="hold-limit",
            liveHolds=many.live,
            firstEndsAt=many.first_ends_at and InstantField().to_representation(many.first_ends_at),
        ) from None
    except SlotTaken as taken:
        raise Conflict(
            str(taken),
            code="slot-taken",
            conflicts=[conflict.wire for conflict in taken.conflicts],
            alternatives=[
                {
                    "ProviderID": asked["ProviderID"],
                    "Date": slot.date.isoformat(),
                    "Time": slot.time.isoformat("seconds"),
                }
                for slot in taken.alternatives
            ],
        ) from None


def _name_all_unknown(asked: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    named = {name: asked[name] for name in _ROWS if name in asked}
    RowsSerializer(data=named, context=dict(context)).is_valid(raise_exception=True)

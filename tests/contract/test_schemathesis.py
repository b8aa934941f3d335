"""Requests worked out from the document, good and bad: the answers are those that it promises."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import negative_data_rejection

from emrapi.api import docs
from partners.models import Partner, Practice
from tests.client import Client
from tests.contract.rows import ROW, arrange

# With the same value in every request, all but the first would end in the same 409, 412 or 422.
ONCE = ("Idempotency-Key", "If-Match", "If-None-Match")


def described(**phases: Any) -> Any:
    """The API as documented; `phases` say more of how requests are made."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "parameters": {"path.PPass": "DemoOffice", "path.id": ROW, "path.rev": 1},
            # Nothing that depends on earlier answers: the requests are the same in every run.
            "analysis": {"constants": {"enabled": False}},
            "phases": {
                "fuzzing": {
                    "extra-data-sources": {"responses": False},
                    "error-feedback": {"enabled": False},
                },
                **phases,
            },
            "checks": {
                # What no schema can say, such as that a provider must exist, is rightly refused.
                "positive_data_acceptance": {"enabled": False},
                "negative_data_rejection": {
                    "expected-statuses": [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422]
                },
            },
        }
    )
    made = schemathesis.openapi.from_dict(json.loads(docs.as_json().content), config=config)
    made.app = WSGIHandler()
    return made


@pytest.fixture
def authorization(
    our_practice: Practice,
    partner: Partner,
    make_key: Any,
    client_for: Any,
    settings: Any,
    tmp_path: Path,
) -> dict[str, str]:
    """A token and an administrator's secret, without limits; a practice with a row of each kind."""
    settings.MEDIA_ROOT = str(tmp_path)
    settings.TOKEN_RATE_LIMIT = settings.ADMIN_SECRET_TRIES = 1_000_000
    settings.ACCESS_REQUEST_RATE_LIMIT = 1_000_000
    settings.WEBHOOK_TRIES_BY_HAND = 1_000_000
    arrange(our_practice, partner)
    client: Client = client_for(make_key(our_practice, rate_limit=1_000_000))
    return {
        "Authorization": f"Bearer {client.token}",
        "X-Admin-Secret": settings.ADMIN_SECRETS[0],
    }


def checked(schema: Any) -> Any:
    """The test of the operation that the schema holds."""

    @schema.parametrize()
    @settings(
        max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    def test(case: Any, authorization: dict[str, str]) -> None:
        about = getattr(case.meta.phase.data, "parameter", None)
        if case.meta.phase.name == TestPhase.COVERAGE:
            for name in ONCE:
                if name != about:
                    case.headers.pop(name, None)

        # A caller may ask for bad items to be skipped, and is then told of them with a 200.
        skips = (case.query or {}).get("onError") == "skip"
        case.call_and_validate(
            headers=authorization, excluded_checks=[negative_data_rejection] if skips else []
        )

    return test


THOROUGHLY = described()
# PATCH is PUT by another name: a few requests will do.
BRIEFLY = described(coverage={"enabled": False})
# A function for each: under one name xdist would take them for one and the same test.
for result in THOROUGHLY.get_all_operations():
    operation = result.ok()
    identifier = operation.definition.raw["operationId"]
    whole = BRIEFLY if operation.method == "patch" else THOROUGHLY
    globals()[f"test_{identifier}_answers_as_documented"] = checked(
        whole.include(operation_id=identifier)
    )

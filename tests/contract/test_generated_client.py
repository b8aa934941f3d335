"""A client that partners can generate for themselves works, typed from the token to the problem."""

import datetime
import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import pytest

from tests.start.served import Served

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]
BINARIES = Path(sys.executable).parent
# The smallest PNG there is: one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@pytest.fixture(scope="module")
def package(running: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, made from the document that the server serves."""
    folder = tmp_path_factory.mktemp("generated")
    made = subprocess.run(
        [BINARIES / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning",
         "--url", f"http://127.0.0.1:{running.port}/openapi.json",
         "--output-path", folder / "partner_client"],
        capture_output=True, text=True, check=False, env={"PATH": str(BINARIES)},
    )  # fmt: skip
    said = made.stdout + made.stderr
    assert (made.returncode, "warning" in said.lower()) == (0, False), said
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module("partner_client")


class Partner:
    """The generated client, with its models and a token."""

    def __init__(self, package: ModuleType, served: Served) -> None:
        self.package = package
        self.models: Any = importlib.import_module("partner_client.models")
        self.address = f"http://127.0.0.1:{served.port}"
        self.practice = served.shown("Practice")
        self.client: Any = package.Client(base_url=self.address)
        asked = self.models.TokenRequest(api_key=served.shown("Key"))
        self.answer = self.call("authentication.get_access_token", body=asked)
        self.use(self.answer.access_token)

    def use(self, token: str) -> None:
        """Call with this token from now on."""
        self.client.get_httpx_client().close()
        self.client = self.package.AuthenticatedClient(base_url=self.address, token=token)

    def call(self, operation: str, *arguments: Any, **more: Any) -> Any:
        """The typed answer of an operation of the practice, such as `prospects.get_prospect`."""
        return self.call_global(operation, self.practice, *arguments, **more)

    def call_global(self, operation: str, *arguments: Any, **more: Any) -> Any:
        """The same for an operation whose path names no practice."""
        module = importlib.import_module(f"partner_client.api.{operation}")
        return module.sync(*arguments, client=self.client, **more)

    def __enter__(self) -> "Partner":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.client.get_httpx_client().close()


@pytest.fixture
def partner(package: ModuleType, running: Served) -> Iterator[Partner]:
    with Partner(package, running) as made:
        yield made


@pytest.fixture
def person(partner: Partner) -> Any:
    """Somebody new, as answered."""
    ada = partner.models.PersonRequest(
        first_name="Ada",
        last_name="Lovelace-Byron",
        e_mail="ada.byron@example.com",
        dob=datetime.date(1990, 5, 17),
        gender=partner.models.PersonGender.F,
        prospect=partner.models.PersonProspect.VALUE_1,
        pt_img=PIXEL,
    )
    written = partner.call("prospects.create_prospect", body=ada)
    assert isinstance(written, partner.models.PersonWrittenPossibleDuplicates)
    return written.data


def test_token_is_typed(partner: Partner) -> None:
    answer = partner.answer

    assert (answer.token_type, answer.expires_in) == (partner.models.TokenTokenType.BEARER, "24h")


def test_prospects_are_found_and_read(partner: Partner, person: Any) -> None:
    page = partner.call("prospects.list_prospects", search="lovelace byr", limit=1)
    one = partner.call("prospects.get_prospect", person.patient_id)

    assert (page.count, page.page, page.limit) == (1, 1, 1)
    assert page.data == [person] == [one.data]
    assert one.data.dob == datetime.date(1990, 5, 17)
    assert one.data.gender == partner.models.PersonGender.F
    assert one.data.created_at.utcoffset() == datetime.timedelta(0)


def test_picture_is_bytes(partner: Partner, person: Any) -> None:
    picture = partner.call("prospects.get_prospect_picture", person.patient_id)

    assert picture.payload.read().startswith(b"\x89PNG")


@pytest.mark.parametrize("operation", ["prospects.update_prospect", "prospects.patch_prospect"])
def test_changes_tell_null_from_not_sent(partner: Partner, person: Any, operation: str) -> None:
    changes = partner.models.PersonChanges(city="London", dob=None)

    changed = partner.call(operation, person.patient_id, body=changes).data

    assert (changed.city, changed.dob, changed.first_name) == ("London", None, "Ada")


def test_tags_are_replaced_and_listed(partner: Partner, person: Any) -> None:
    tags = partner.models.PersonTagsRequest(tags=["Engine", "Countess"])

    replaced = partner.call("tags.replace_prospect_tags", person.patient_id, body=tags)
    listed = partner.call("tags.list_tags", limit=100)

    assert replaced.data.tags == ["Countess", "Engine"]
    assert {"Countess", "Engine"} <= {tag.tag for tag in listed.data if tag.count}


def test_webhooks_are_signed_up_for_and_pulled(partner: Partner, person: Any) -> None:
    scopes = [partner.models.SignupRequestScopesItem.PATIENTS]
    asked = partner.models.SignupRequest(hook_url="https://partner.example.com/", scopes=scopes)

    made = partner.call_global("webhooks.sign_up_for_webhooks", body=asked)
    seen = partner.call_global("webhooks.get_webhook_subscription")
    rotated = partner.call_global("webhooks.rotate_webhook_secret")
    listed = partner.call_global("webhooks.list_webhook_deliveries", limit=1)
    ended = partner.call_global("webhooks.delete_webhook_subscription")

    assert made.data.id == seen.data.id == rotated.data.id == ended.data.id
    assert rotated.data.secret.startswith("whsec_")
    assert (listed.page, listed.limit) == (1, 1)
    assert ended.data.status == partner.models.SubscriptionStatus.REMOVED
    wanted, after = {"PatientID": person.patient_id}, "0"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        page = partner.call_global("webhooks.pull_events", after=after, limit=100).data
        if wanted in [event.data.to_dict() for event in page]:
            return
        after = page[-1].id if page else after
    pytest.fail("The event does not appear.")


def test_refusals_are_typed_problems(partner: Partner, person: Any) -> None:
    wrong = partner.models.PersonChanges(e_mail="no address")

    refused = partner.call("prospects.update_prospect", person.patient_id, body=wrong)
    stale = partner.call(
        "prospects.update_prospect", person.patient_id, body=wrong, if_match='"old"'
    )
    missing = partner.call("prospects.get_prospect", person.patient_id + 1_000_000)
    partner.use("forged")
    unauthenticated = partner.call("prospects.list_prospects")

    problems = [refused, stale, missing, unauthenticated]
    assert {type(problem) for problem in problems} == {partner.models.Problem}
    assert [problem.status for problem in problems] == [400, 412, 404, 401]
    assert refused.type_ == "urn:officepro:problem:invalid-request"
    assert [(fault.field, fault.code) for fault in refused.errors] == [("EMail", "invalid")]

"""Sending one event to one subscriber: make the request, sign it, tell how it went."""

import time

import orjson
import structlog
from django.db import connection

from partners.tenancy import SENDER, acting_as
from webhooks import messages, notices, secrets, signing
from webhooks.claiming import Due, claim, claim_one
from webhooks.models import Delivery
from webhooks.outcomes import Disabled, Outcome, settle
from webhooks.outgoing import Answer, Door, door

__all__ = ["Due", "Outcome", "claim", "deliver_now", "send", "settle"]

_log = structlog.get_logger(__name__)


def deliver_now(
    delivery_id: int, *, practice_id: int | None = None, through: Door | None = None
) -> Delivery:
    """Try one delivery at once, due or not, and return its row as it is then.

    One that is over, or that somebody else is sending, is left as it is. Whatever the process's own
    role is, the sender's is taken; `practice_id` holds it to one practice. The request goes out
    between two transactions, so none may be open around this.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Nothing is sent inside a transaction.")
    own = {} if practice_id is None else {"practice_id": practice_id}
    with acting_as(SENDER):
        Delivery.objects.filter(**own).only("id").get(pk=delivery_id)
        due = claim_one(delivery_id)
    disabled: list[Disabled] = []
    outcome = send(due, through or door()) if due else None
    with acting_as(SENDER):
        if outcome:
            disabled = settle([outcome])
        delivery = Delivery.objects.get(pk=delivery_id)
    notices.tell(disabled)
    return delivery


def send(due: Due, through: Door) -> Outcome:
    """Send it, and wait for the answer. No database, so any thread may."""
    if due.data is None and due.origin != Delivery.Origin.TEST:
        return Outcome(due, Answer(None, "", 0, "The event is no longer in the log."), is_ours=True)
    message_id, body = _body(due)
    try:
        keys = [
            secrets.open(sealed)
            for sealed in (due.sealed_secret, due.sealed_previous_secret)
            if sealed
        ]
    except secrets.CannotOpen as error:
        _log.error("webhook_secret_unreadable", subscription=due.subscription_id, error=str(error))
        return Outcome(due, Answer(None, "", 0, "The subscription's secret cannot be read."))
    headers = {
        "Content-Type": "application/json",
        "X-OfficePro-Event": due.event,
        "X-OfficePro-Event-Id": str(due.log_id or 0),
        **signing.headers(keys, message_id=message_id, body=body, now=time.time()),
    }
    return Outcome(due, through.post(due.hook_url, body, headers))


def _body(due: Due) -> tuple[str, bytes]:
    if due.log_id is None or due.data is None:
        content = messages.body_of_test(
            delivery_id=due.delivery_id, occurred_at=due.occurred_at, ppass=due.ppass
        )
    else:
        content = messages.body_of(
            log_id=due.log_id,
            event=due.event,
            occurred_at=due.occurred_at,
            ppass=due.ppass,
            data=due.data,
        )
    return content["id"], orjson.dumps(content)

"""Signing up by the API, and what is asked about deliveries."""

from partners import tenancy
from webhooks.models import Subscription

SIGNUP = "/v1/webhooks/signup"
DELIVERIES = "/v1/webhooks/deliveries"
TEST = "/v1/webhooks/test"
REPLAY = "/v1/webhooks/replay"
BODY = {
    "hookUrl": "https://partner.example.com/officepro/webhooks",
    "scopes": ["Patients", "Claims"],
}


def rows(staff):
    """Every subscription there is."""
    with staff():
        return list(Subscription.objects.order_by("id"))


def subscribe(client, receiver, scopes=("Patients",)):
    """Sign up; the row, with its secret at `.plain_secret`."""
    body = {"hookUrl": receiver.url, "scopes": list(scopes)}
    data = client.post(SIGNUP, body).json()["data"]
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        row = Subscription.objects.get(pk=data["id"])
    row.plain_secret = data["secret"]
    return row

"""What the call log promises: a normal stop loses no call."""

import http.client
import signal

import pytest

from tests.start.served import Place

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]

CALLS = 300
_COUNT = (
    "from dashboard.models import ApiCall;"
    "print(ApiCall.objects.filter(request_id__startswith='counted-').count())"
)


def test_every_call_before_a_normal_stop_is_in_the_log(used_place: Place):
    served = used_place.serve(WEB_WORKERS="2")
    served.wait_until_ready()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    for number in range(CALLS):
        headers = {"X-Request-Id": f"counted-{number}"}
        connection.request("GET", "/v1/DemoOffice/prospects", headers=headers)
        assert connection.getresponse().read()
    connection.close()

    served.stop(signal.SIGTERM)

    done = used_place.manage("shell", "--no-imports", "-c", _COUNT)
    assert (done.stdout.strip(), done.stderr) == (str(CALLS), "")

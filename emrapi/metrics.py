"""Figures for Prometheus, for those who may see them."""

import dataclasses
import ipaddress
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from emrapi.api.addresses import client_address
from webhooks import waking
from webhooks.lag import lag


class WebhookLag(Collector):
    """Asked anew for every reader; the same from each process. Nothing, where nobody knows."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each figure there is."""
        looked_at = waking.looked_at()
        if looked_at is not None:
            yield GaugeMetricFamily(
                "emr_webhook_sender_looked_seconds",
                "Seconds since the sender last looked for work",
                max(0.0, time.time() - looked_at),
            )
        try:
            found = lag()
        except (DatabaseError, InterfaceError):
            connection.close()
            return
        for name, value in dataclasses.asdict(found).items():
            words = name.replace("_", " ")
            yield GaugeMetricFamily(f"emr_webhook_{name}", f"Webhooks: {words}", value)


_asked_anew = CollectorRegistry()
_asked_anew.register(WebhookLag())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters of this process, or of all web workers where PROMETHEUS_MULTIPROC_DIR is set.

    For callers in METRICS_NETWORKS; for everybody else there is nothing here.
    """
    if not _may_see(client_address(request)):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    answer.write(generate_latest(_asked_anew))
    return answer


def _may_see(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(text) for text in settings.METRICS_NETWORKS)

"""Figures for Prometheus, for those who may see them."""

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from emrapi.api.addresses import client_address


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters of this process, or of all web workers where PROMETHEUS_MULTIPROC_DIR is set.

    For callers in METRICS_NETWORKS; for everybody else there is nothing here.
    """
    if not _may_see(client_address(request)):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _may_see(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(text) for text in settings.METRICS_NETWORKS)

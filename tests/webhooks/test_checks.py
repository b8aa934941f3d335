"""Settings that would let webhooks go inside are found."""

import pytest
from django.core.checks import run_checks


def found(**options):
    return sorted(
        message.id for message in run_checks(**options) if message.id.startswith("webhooks.")
    )


def test_defaults_are_fine():
    assert found(include_deployment_checks=True) == []


@pytest.mark.parametrize("network", ["10.1.0.1/16", "sandbox", "10.1.0.0/33", ""])
def test_network_that_is_none_is_told(settings, network):
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["10.2.0.0/16", network]

    assert found() == ["webhooks.E001"]


def test_exceptions_in_production_are_told(settings):
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["10.2.0.0/16", "fd00::/8"]

    assert found() == []
    assert found(include_deployment_checks=True) == ["webhooks.W001", "webhooks.W002"]

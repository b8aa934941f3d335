"""The product's settings, with the baseline's view in the URL map."""

from emrapi.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.plain"

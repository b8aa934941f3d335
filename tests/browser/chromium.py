"""The browser of the tests; without one they are left out, or fail where REQUIRE_BROWSER is set."""

import os
import shutil

from playwright.sync_api import Page

__all__ = ["BINARY", "MISSING", "QUIET", "Page", "may_run"]

BINARY = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MISSING = "No Chromium for the tests in a browser. To get it: apt-get install chromium"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


def may_run() -> bool:
    """Whether the tests are to be run; those that cannot pass are to fail."""
    return BINARY is not None or bool(os.environ.get("REQUIRE_BROWSER"))

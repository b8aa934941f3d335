"""The browser; whoever imports this is skipped without one."""

import shutil

import pytest
from playwright.sync_api import Page

__all__ = ["BINARY", "QUIET", "Page"]

BINARY = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if BINARY is None:
    pytest.skip("needs a browser: install Debian's package chromium", allow_module_level=True)

QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()

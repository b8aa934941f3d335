"""Pages as everybody sees them, light and dark, on desk and phone; and what is wrong there."""

import os
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Request

from tests.browser.chromium import Page

DESK, PHONE = 1280, 390

on_desk_and_phone = pytest.mark.parametrize("eyes", [DESK, PHONE], indirect=True)
on_a_phone = pytest.mark.parametrize("eyes", [PHONE], indirect=True)

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What may be well in light colours and wrong in dark ones.
_COLOURS = ["color-contrast", "link-in-text-block"]
# What fades from colour to colour has done so at once.
_FAULTS = """async (rules) => {
    document.getAnimations().filter((one) => one instanceof CSSTransition)
        .forEach((one) => one.finish());
    const found = await axe.run({
        preload: false, reporter: "no-passes", resultTypes: ["violations"], runOnly: rules,
    });
    return found.violations.flatMap(
        (rule) => rule.nodes.map((node) => `${rule.id} ${node.html.slice(0, 200)}`)
    );
}"""


class Eyes:
    """Somebody who looks at pages of the site; what is wrong with those seen is in `faults`.

    That is what breaks WCAG A or AA, scrolls sideways, or asks anybody else for anything.
    """

    def __init__(self, page: Page, address: str, width: int) -> None:
        self.page, self.address, self.width = page, address, width
        self.faults: list[str] = []
        page.set_viewport_size({"width": width, "height": 844})
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.faults.append(f"{self.page.url} asks {request.url}")

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(f"{self.address}{path}")

    def see(self, *paths: str) -> None:
        """Open each and look at it."""
        for path in paths:
            self.open(path)
            self.look()

    def look(self) -> None:
        """Look at the page that is open, in light and in dark colours."""
        self.page.evaluate(_AXE)
        path = self.page.url.removeprefix(self.address)
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.faults.append(f"{path} scrolls sideways")
        name = f"{path.strip('/').replace('/', '-') or 'front'}-{self.width}"
        for scheme, rules in (("dark", _COLOURS), ("light", _WCAG)):
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(_FAULTS, rules)
            taken(self.page, f"{name}-{scheme}")
            self.faults += [f"{path} in {scheme} colours: {fault}" for fault in found]


def taken(page: Page, name: str) -> None:
    """A picture to look at, where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

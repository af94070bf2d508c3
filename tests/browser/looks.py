"""What the browser tests ask of a page: that everybody can use it (axe), and that it fits the screen."""

import json
from pathlib import Path

from playwright.sync_api import Page

VENDOR = Path(__file__).parent.parent / "vendor" / "axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page: Page) -> None:
    """No rule of WCAG 2.2 AA that a program can check is broken, and none of axe's own advice."""
    page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    if page.locator("html").get_attribute("lang") == "zh-Hans-CN":
        page.evaluate("locale => axe.configure({locale})", json.loads((VENDOR / "zh_CN.json").read_text("utf-8")))
    result = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    broken = [
        f"{each['id']}: {each['help']}: {node['html'][:160]}" for each in result["violations"] for node in each["nodes"]
    ]
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def fits(page: Page) -> None:
    """Nothing sticks out sideways: whoever reads it scrolls down only."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, f"{page.url} is {wide} wide on a screen of {screen}"

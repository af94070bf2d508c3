"""What the browser tests ask of a page: that everybody can use it (axe), and that it fits the screen."""

from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.seen import note

VENDOR = Path(__file__).parent.parent / "vendor" / "axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
ZOOMED: ViewportSize = {"width": 320, "height": 256}  # what 400 % leaves of 1280 by 1024

# A name for each thing that can have the focus, the same in both lists below.
DESCRIBE = """const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
    const describe = node => node.tagName.toLowerCase() + ' ' + all.indexOf(node) + ' '
        + (node.innerText || node.name || node.getAttribute('aria-label') || '').trim().slice(0, 40);"""
REACHABLE = f"""(() => {{ {DESCRIBE}
    const first = node => node.type !== 'radio' || node === (
        document.querySelector(`input[type=radio][name="${{node.name}}"]:checked`)
        || document.querySelector(`input[type=radio][name="${{node.name}}"]`));
    return all.filter(node => node.checkVisibility() && !node.disabled && node.type !== 'hidden'
        && node.tabIndex >= 0 && first(node)).map(describe); }})()"""
WATCH = f"""(() => {{ {DESCRIBE}
    window.focused = [];
    document.addEventListener('focusin', event => {{
        const style = getComputedStyle(event.target);
        const shown = style.outlineStyle !== 'none' && style.outlineWidth !== '0px' || style.boxShadow !== 'none';
        window.focused.push([describe(event.target), shown]);
    }}); }})()"""
STICKING_OUT = """[...document.querySelectorAll('body *')]
    .filter(node => node.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(node => node.outerHTML.slice(0, 90) + ' ' + Math.round(node.getBoundingClientRect().right)).slice(0, 6)"""


def axe(page: Page) -> None:
    """No rule of WCAG 2.2 AA that a program can check is broken, and none of axe's own advice."""
    page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    broken = page.evaluate(
        """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}))
            .violations.flatMap(each => each.nodes.map(node => `${each.id}: ${each.help}: ${node.html.slice(0, 160)}`))""",
        RULES,
    )
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def fits(page: Page) -> None:
    """Nothing sticks out sideways: whoever reads it scrolls down only."""
    screen = page.evaluate("document.documentElement.clientWidth")
    if page.evaluate("document.documentElement.scrollWidth") > screen:
        raise AssertionError(f"{page.url} does not fit a screen of {screen}: {page.evaluate(STICKING_OUT)}")


def look(page: Page) -> None:
    """The page that is open now can be used by everybody, at a desk, on a phone and at 400 % zoom."""
    page.wait_for_load_state()  # what led here may have ended when the page began to come
    expect(page.locator("h1"), f"{page.url} has not one heading").to_have_count(1)
    axe(page)
    usual = page.viewport_size
    assert usual is not None
    for screen in (ZOOMED, PHONE):
        page.set_viewport_size(screen)
        fits(page)
    page.set_viewport_size(usual)
    note("looked", page)


def look_beside(page: Page) -> None:
    """Look at the same page in a window where scripts run: axe is one."""
    browser, language = page.context.browser, page.locator("html").get_attribute("lang") or ""
    assert browser is not None
    locale = "en-GB" if language.startswith("en") else "zh-CN"
    context = browser.new_context(
        storage_state=page.context.storage_state(), locale=locale, viewport=page.viewport_size, reduced_motion="reduce"
    )
    other = context.new_page()
    other.goto(page.url)
    look(other)
    context.close()


def tab_through(page: Page) -> None:
    """Press Tab from the top to the end: all that can be used is reached, in order, and shows that it has the focus."""
    page.wait_for_load_state()
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    wanted = set(page.evaluate(REACHABLE))
    page.evaluate(WATCH)
    dates = page.locator("input[type=date], input[type=time]").count()
    for _ in range(len(wanted) + 4 * dates):  # a date takes several: year, month, day, calendar; a time too
        page.keyboard.press("Tab")
    focused: list[tuple[str, bool]] = page.evaluate("window.focused")
    for name, shown in focused:
        assert shown, f"{page.url}: {name} does not show that it has the focus"
    assert wanted <= {name for name, _ in focused}, f"{page.url}: Tab misses {wanted - {name for name, _ in focused}}"
    note("tabbed", page)

"""What the browser tests ask of a page: that everybody can use it (axe), and that it fits the screen."""

from pathlib import Path
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.seen import looked_at, new, note

VENDOR = Path(__file__).parent.parent / "vendor" / "axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
OTHER = {"zh": "en", "en": "zh"}
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
ZOOMED: ViewportSize = {"width": 320, "height": 256}  # what 400 % leaves of 1280 by 1024

TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
# A name for each thing that can have the focus, the same in both lists below.
DESCRIBE = """const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
    const describe = node => node.tagName.toLowerCase() + ' ' + all.indexOf(node) + ' '
        + (node.innerText || node.name || node.getAttribute('aria-label') || '').trim().slice(0, 40);"""
REACHABLE = f"""root => {{ {DESCRIBE}
    const first = node => node.type !== 'radio' || node === (
        document.querySelector(`input[type=radio][name="${{node.name}}"]:checked`)
        || document.querySelector(`input[type=radio][name="${{node.name}}"]`));
    return all.filter(node => node.closest(root) && node.checkVisibility() && !node.disabled && node.type !== 'hidden'
        && node.tabIndex >= 0 && first(node)).map(describe); }}"""
WATCH = f"""(() => {{ {DESCRIBE}
    window.focused = [];
    document.addEventListener('focusin', event => {{
        const style = getComputedStyle(event.target);
        const shown = style.outlineStyle !== 'none' && style.outlineWidth !== '0px' || style.boxShadow !== 'none';
        window.focused.push([describe(event.target), shown]);
    }}); }})()"""
# Tab goes on from the first element of the page, or of its main part. What had the focus gets it back later.
TO_THE_TOP = """root => { window.began = document.activeElement;
    const top = document.querySelector(root), index = top.getAttribute('tabindex');
    top.tabIndex = -1; top.focus();
    if (index === null) top.removeAttribute('tabindex'); else top.setAttribute('tabindex', index); }"""
# How wide the screen is; where the page is wider, what sticks out.
STICKING_OUT = """() => { const screen = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= screen ? [screen, null] : [screen,
        [...document.querySelectorAll('body *')].filter(node => node.getBoundingClientRect().right > screen + 0.5)
        .map(node => node.outerHTML.slice(0, 90) + ' ' + Math.round(node.getBoundingClientRect().right)).slice(0, 6)]; }"""
# How a page is built, without and within its main part: its elements with what they are and how they look, where there is text but not which; of like ones
# in a row the first. What refers to another element says whether that is there, and an id whether it stands there once.
# Which item of the menu, which language is the present one, is left out: each is on some page.
BUILT = """() => {
    const refers = new Set(['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-errormessage', 'list']);
    const words = new Set(['href', 'src', 'action', 'name', 'value', 'content', 'title', 'alt', 'placeholder', 'aria-label', 'lang']);
    const attribute = ({name, value}) => {
        if (refers.has(name)) return name + value.split(' ').map(id => Number(Boolean(document.getElementById(id)))).join('');
        if (name === 'id') return 'id' + document.querySelectorAll('#' + CSS.escape(value)).length;
        if (words.has(name) || name.startsWith('data-') || name.startsWith('hx-')) return name + Number(Boolean(value.trim()));
        return name + '=' + value;
    };
    const built = node => {
        if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? '"' : '';
        if (node.nodeType !== Node.ELEMENT_NODE) return '';
        const own = [...node.attributes].filter(({name}) => name !== 'aria-current').map(attribute).sort().join(' ');
        const state = node.checked ? '!' : '';
        const inner = [...node.childNodes].map(built).filter(each => each);
        return `<${node.localName} ${own}${state}>${inner.filter((each, n) => each !== inner[n - 1]).join('')}</>`;
    };
    const main = document.querySelector('main'), inner = built(main);
    return [built(document.documentElement).replace(inner, ''), inner]; }"""


def look(page: Page) -> None:
    """The page that is open now can be used by everybody, as it stands here and in the other language on the other
    screen: with a screen reader (axe), by keyboard, at a desk, on a phone and at 400 % zoom."""
    page.wait_for_load_state()  # what led here may have ended when the page began to come
    expect(page.locator("h1"), f"{page.url} has not one heading").to_have_count(1)
    _look(page)
    if not looked_at(page.url, OTHER[_language(page)]) and (other := _beside(page)):
        _look(other)


def _look(page: Page) -> None:
    usual = page.viewport_size
    assert usual is not None
    note(page)
    frame, main = page.evaluate(BUILT)  # as what was read in this run? then it says other words, and no more
    if not new("look", f"{_language(page)} {usual['width']} {frame}{main}"):
        return
    if new("axe", frame + main):
        axe(page)
    if usual["width"] > PHONE["width"]:
        within = new("keyboard", main)
        if new("keyboard", frame):
            tab_through(page, "body")
        elif within:
            tab_through(page, "main")
    fits(page)
    # What fits this fits a phone too: see test_a_phone_shows_what_the_narrowest_screen_shows.
    page.set_viewport_size(ZOOMED)
    fits(page)
    page.set_viewport_size(usual)


def _language(page: Page) -> str:
    return (page.locator("html").get_attribute("lang") or "")[:2]


_windows: WeakKeyDictionary[BrowserContext, Page] = WeakKeyDictionary()  # beside each visitor's own


def _beside(page: Page) -> Page | None:
    """The same address in a second window of the same visitor, in the other language and on the other screen; None where
    what is open is an answer to a form, that no address leads to, or stays open without a connection."""
    if not page.evaluate("navigator.onLine"):
        return None
    other = _windows.get(page.context)
    if other is None:
        other = _windows[page.context] = page.context.new_page()
        speaks = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": LOCALES[OTHER[_language(page)]]}
        page.context.new_cdp_session(other).send("Emulation.setUserAgentOverride", speaks)  # a context has one language
    assert page.viewport_size is not None
    screen = DESK if page.viewport_size["width"] == PHONE["width"] else PHONE
    if other.viewport_size != screen:
        other.set_viewport_size(screen)
    answer = other.goto(page.url)
    if answer is None or answer.status != 200 or other.url != page.url:
        return None
    return other


def look_beside(page: Page) -> None:
    """Look at the same page in a window where scripts run: axe is one."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(
        storage_state=page.context.storage_state(),
        locale=LOCALES[_language(page)],
        viewport=page.viewport_size,
        reduced_motion="reduce",
    )
    window = context.new_page()
    window.goto(page.url)
    look(window)
    context.close()


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
    screen, out = page.evaluate(STICKING_OUT)
    assert out is None, f"{page.url} does not fit a screen of {screen}: {out}"


def tab_through(page: Page, root: str) -> None:
    """Press Tab from the top to the end: all that can be used is reached, in order, and shows that it has the focus."""
    wanted = set(page.evaluate(REACHABLE, root))
    page.evaluate(TO_THE_TOP, root)
    page.evaluate(WATCH)
    dates = page.locator(f"{root} :is(input[type=date], input[type=time])").count()
    keyboard = page.context.new_cdp_session(page)  # half the way of page.keyboard
    for _ in range(len(wanted) + 4 * dates):  # a date takes several: year, month, day, calendar; a time too
        keyboard.send("Input.dispatchKeyEvent", TAB)
    keyboard.detach()
    focused: list[tuple[str, bool]] = page.evaluate("window.focused")
    for name, shown in focused:
        assert shown, f"{page.url}: {name} does not show that it has the focus"
    assert wanted <= {name for name, _ in focused}, f"{page.url}: Tab misses {wanted - {name for name, _ in focused}}"
    page.evaluate("document.activeElement.blur(); window.began.focus()")

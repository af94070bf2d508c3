"""What the browser tests ask of a page: that everybody can use it (axe), and that it fits the screen."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Error, Page, ViewportSize

from tests.browser.seen import looked_at, new, note, was_read

VENDOR = Path(__file__).parent.parent / "vendor" / "axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
OTHER = {"zh": "en", "en": "zh"}
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
ZOOMED: ViewportSize = {"width": 320, "height": 256}  # what 400 % leaves of 1280 by 1024

TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
# A name for each thing that can have the focus, the same in both lists below.
DESCRIBE = f"""const all = [...document.querySelectorAll('{FOCUSABLE}')];
    const describe = node => node.tagName.toLowerCase() + ' ' + all.indexOf(node) + ' '
        + (node.innerText || node.name || node.getAttribute('aria-label') || '').trim().slice(0, 40);"""
REACHABLE = f"""root => {{ {DESCRIBE}
    const first = node => node.type !== 'radio' || node === (
        document.querySelector(`input[type=radio][name="${{node.name}}"]:checked`)
        || document.querySelector(`input[type=radio][name="${{node.name}}"]`));
    const wanted = all.filter(node => node.closest(root) && node.checkVisibility() && !node.disabled
        && node.type !== 'hidden' && node.tabIndex >= 0 && first(node));
    return [wanted.map(describe), wanted.filter(node => ['date', 'time'].includes(node.type)).length]; }}"""
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
# How wide the screen is; where the page is wider, with scripts or without them, what sticks out.
STICKING_OUT = """() => {
    const root = document.documentElement, screen = root.clientWidth;
    const out = () => root.scrollWidth <= screen ? null
        : [...document.querySelectorAll('body *')].filter(node => node.getBoundingClientRect().right > screen + 0.5)
        .map(node => node.outerHTML.slice(0, 90) + ' ' + Math.round(node.getBoundingClientRect().right)).slice(0, 6);
    const found = out();
    if (found || !root.classList.contains('js')) return [screen, found];
    root.classList.remove('js');
    const plain = out();
    root.classList.add('js');
    return [screen, plain]; }"""
# How a page is built: how many first headings it has, its language, its frame whole, and the parts that its main element
# has. An element is given with what it is, how it looks, what names it, whether it shows, and whether there are words in it
# and in its labels but not which; what refers to another element says whether that is there, and an id whether it stands
# there once. A part is an element, what kinds of elements it holds, and what of a look or a role it stands in; of a heading
# also which came before. A place for anything holds what it may, unless there is text beside it. Two things to press beside
# each other are a part, since they may stand too near; and so is any other attribute, on that kind of element. Left out is
# which item of the menu is the present one, since each is on some page, what is chosen in a list, and what only a server or
# a script reads. The page remembers which of its elements each part is.
BUILT = """focusable => {
    const refers = new Set(['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-errormessage', 'list']);
    const words = new Set(['href', 'src', 'value', 'content', 'title', 'alt', 'placeholder', 'aria-label', 'aria-keyshortcuts', 'lang']);
    const naming = new Set(['class', 'role', 'type', 'id', 'for', 'href', 'src', 'title', 'alt', 'tabindex', 'lang',
        'aria-label', 'aria-labelledby', 'aria-hidden', 'disabled', 'inert']);
    const left = new Set(['aria-current', 'checked', 'selected', 'name', 'action', 'method', 'novalidate', 'enctype', 'download',
        'datetime', 'maxlength', 'minlength', 'min', 'max', 'step', 'pattern', 'accept', 'rows']);
    const chosen = 'option, button, [type=hidden], [type=radio], [type=checkbox]';
    const plain = new Set(['main', 'div', 'section', 'article', 'form', 'p', 'span']);
    const attribute = ({name, value}) => {
        if (refers.has(name)) return name + value.split(' ').map(id => Number(Boolean(document.getElementById(id)))).join('');
        if (name === 'id') return 'id' + document.querySelectorAll('#' + CSS.escape(value)).length;
        return words.has(name) ? name + Number(Boolean(value.trim())) : name + '=' + value;
    };
    const names = (node, name) => naming.has(name) || node.hasAttribute('role') && name.startsWith('aria-');
    const attributes = (node, which) =>
        [...node.attributes].filter(({name}) => !left.has(name) && which(name)).map(attribute).sort();
    const main = document.querySelector('main'), parts = new Map();
    let heading = 'none';
    const told = new Map();
    const tell = node => `<${node.localName} ${attributes(node, name => names(node, name)).join(' ')}`
        + (node.checked ? '!' : '') + (node.checkVisibility() ? '' : '~') + (node.textContent.trim() ? '' : '-')
        + [...(node.labels || [])].map(label => Number(Boolean(label.textContent.trim()))).join('') + '>';
    const own = node => {
        if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? '"' : '';
        if (node.nodeType !== Node.ELEMENT_NODE) return '';
        if (!told.has(node)) told.set(node, tell(node));
        return told.get(node);
    };
    const more = node => node instanceof SVGElement ? [] : attributes(node, name => !names(node, name)
        && !/^(data|hx)-/.test(name) && !(name === 'value' && node.matches(chosen))).map(each => own(node) + each);
    const unlike = built => [...new Set(built)].filter(Boolean);
    const whole = node => own(node) + (node === main || node.nodeType !== Node.ELEMENT_NODE ? ''
        : more(node).join('') + unlike([...node.childNodes].map(whole)).join('') + '</>');
    const places = 'main, div, section, article, form, p, span, li, dd, td';
    const text = node => [...node.childNodes].some(child => own(child) === '"');
    const anything = node => node.matches(places) && [null, 'search', 'cell'].includes(node.getAttribute('role')) && !text(node);
    const reached = new Set();
    const add = (built, ...nodes) => parts.set(built, [...(parts.get(built) || []), ...nodes]);
    const part = (node, within) => {
        const after = /^h[1-6]$/.test(node.localName) ? heading : '';
        if (after) heading = node.localName;
        const inside = anything(node) ? [] : unlike([...node.childNodes].map(own)).sort();
        const built = `${within} ${after} ${own(node)} ${inside.join('')}`;
        add(built, node);
        if (node.matches(focusable)) reached.add(built);
        more(node).forEach(each => add(each, node));
        const unheard = node.getAttribute('aria-hidden') && 'unheard';
        const look = [node.getAttribute('role'), node.getAttribute('class'), unheard].filter(Boolean).join(' ');
        const place = within + (plain.has(node.localName) && !look ? '' : `/${node.localName} ${look}`);
        const pressed = [...node.children].filter(child => child.matches(focusable));
        pressed.slice(1).forEach((next, n) => add(`${place}: ${own(pressed[n])} beside ${own(next)}`, pressed[n], next));
        for (const child of node.children) part(child, place);
    };
    part(main, '');
    window.parts = [...parts.values()];
    const headings = document.querySelectorAll('h1').length, root = document.documentElement;
    return [headings, root.lang.slice(0, 2), whole(root), [...parts.keys()], [...reached]]; }"""
# Has axe read the page, or of it what these parts are, what they hold and what they stand in; what it found wrong. Where
# one of them was exchanged meanwhile, it reads the page: of what is gone it would find nothing wrong.
READ = """async ([rules, fresh]) => {
    if (!window.axe) bringAxe();
    const within = new Set(), exclude = [], nodes = (fresh || []).flatMap(number => window.parts[number]);
    for (let node of nodes) {
        for (const child of node.children) within.add(child);
        for (; node && !within.has(node); node = node.parentElement) within.add(node);
    }
    const leave = node => within.has(node) ? [...node.children].forEach(leave) : exclude.push(node);
    if (fresh && nodes.every(node => node.isConnected)) leave(document.body);
    const {violations} = await axe.run({exclude}, {runOnly: rules, resultTypes: ['violations'], preload: false});
    return violations.flatMap(({id, help, nodes}) => nodes.map(node => `${id}: ${help}: ${node.html.slice(0, 160)}`)); }"""


def look(page: Page) -> None:
    """The page that is open now can be used by everybody, as it stands here and in the other language on the other
    screen: with a screen reader (axe), by keyboard, at a desk, on a phone and at 400 % zoom."""
    page.wait_for_load_state()  # what led here may have ended when the page began to come
    usual = page.viewport_size
    assert usual is not None
    language = OTHER[_look(page, usual)]
    page.set_viewport_size(usual)
    if not looked_at(page.url, language):
        # What fits the narrowest fits a phone too: see test_a_phone_shows_what_the_narrowest_screen_shows.
        screen = ZOOMED if usual == DESK else DESK
        if other := _beside(page, language, screen):
            assert _look(other, screen) == language, f"{page.url} does not speak {language}"


def _look(page: Page, screen: ViewportSize) -> str:
    """On that screen, and at 400 % zoom: first as the window stands, which stays then as it was looked at last. The
    language of the page."""
    language = ""
    screens = [screen] if screen == ZOOMED else [screen, ZOOMED]
    screens.sort(key=lambda size: size != page.viewport_size)
    for size in screens:
        if page.viewport_size != size:
            page.set_viewport_size(size)
        fits(page)
        if size == screen:
            language = _read(page, wide=screen == DESK)
    return language


def _read(page: Page, *, wide: bool) -> str:
    """With a screen reader and, on a `wide` screen, by keyboard; the language of the page."""
    built: tuple[int, str, str, list[str], list[str]] = page.evaluate(BUILT, FOCUSABLE)
    headings, language, frame, parts, reached = built
    assert headings == 1, f"{page.url} has not one heading"
    note(page.url, language)
    # What is built as something that was read in this run says other words, and no more.
    around = f"{wide} {frame}"  # where it is wide, the frame has another menu
    if fresh := new("axe", around, *parts):
        axe(page, None if around in fresh else [number for number, part in enumerate(parts) if part in fresh])
        was_read("axe", fresh)
    if wide and (fresh := new("keyboard", frame, *reached)):
        tab_through(page, "body" if frame in fresh else "main")
        was_read("keyboard", fresh)
    return language


_windows: WeakKeyDictionary[BrowserContext, Page] = WeakKeyDictionary()  # beside each visitor's own


def _beside(page: Page, language: str, screen: ViewportSize) -> Page | None:
    """The same address in a second window of the same visitor, in that language and on that screen, or at 400 % zoom if
    the window stands so; None where what is open is an answer to a form, that no address leads to, or stays open without
    a connection."""
    other = _windows.get(page.context)
    if other is None:
        other = _windows[page.context] = page.context.new_page()
        speaks = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": LOCALES[language]}
        page.context.new_cdp_session(other).send("Emulation.setUserAgentOverride", speaks)  # a context has one language
    if other.viewport_size not in (screen, ZOOMED):
        other.set_viewport_size(screen)
    try:
        answer = other.goto(page.url)
    except Error as error:
        if "ERR_INTERNET_DISCONNECTED" in error.message:
            return None
        raise
    if answer is None or answer.status != 200 or other.url != page.url:
        return None
    return other


_scripted: WeakKeyDictionary[BrowserContext, Page] = WeakKeyDictionary()  # for each visitor without scripts
# Who sees to what goes wrong in the windows of a visitor.
watchers: WeakKeyDictionary[BrowserContext, Callable[[BrowserContext], None]] = WeakKeyDictionary()


def scripted(context: BrowserContext) -> list[Page]:
    """The windows where scripts run that belong to a visitor without scripts."""
    window = _scripted.get(context)
    return window.context.pages if window else []


def look_beside(page: Page) -> None:
    """Look at the same page in a window where scripts run: axe is one."""
    window = _scripted.get(page.context)
    if window is None:
        assert page.context.browser is not None
        language = page.evaluate("document.documentElement.lang.slice(0, 2)")
        context = page.context.browser.new_context(locale=LOCALES[language], reduced_motion="reduce")
        bring_axe(context)
        watchers[page.context](context)
        window = _scripted[page.context] = context.new_page()
    assert page.viewport_size is not None
    window.set_viewport_size(page.viewport_size)
    window.context.clear_cookies()
    window.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # what comes out may go in
    window.goto(page.url)
    look(window)


def bring_axe(context: BrowserContext) -> None:
    """Hand axe to the windows of a visitor, for each page that will want it: once for all, since it is long."""
    context.add_init_script(f"window.bringAxe = () => {{ {_axe()} }}")


@cache
def _axe() -> str:
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


def axe(page: Page, fresh: list[int] | None = None) -> None:
    """No rule of WCAG 2.2 AA that a program can check is broken, and none of axe's own advice; on the whole page, or in
    those of its parts that nothing is built like that was read before."""
    broken: list[str] = page.evaluate(READ, [RULES, fresh])
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def fits(page: Page) -> None:
    """Nothing sticks out sideways: whoever reads it scrolls down only."""
    screen, out = page.evaluate(STICKING_OUT)
    assert out is None, f"{page.url} does not fit a screen of {screen}: {out}"


def tab_through(page: Page, root: str) -> None:
    """Press Tab from the top to the end: all that can be used is reached, in order, and shows that it has the focus."""
    reachable: tuple[list[str], int] = page.evaluate(REACHABLE, root)
    wanted, dates = {*reachable[0]}, reachable[1]
    page.evaluate(TO_THE_TOP, root)
    page.evaluate(WATCH)
    keyboard = page.context.new_cdp_session(page)  # half the way of page.keyboard
    for _ in range(len(wanted) + 4 * dates):  # a date takes several: year, month, day, calendar; a time too
        keyboard.send("Input.dispatchKeyEvent", TAB)
    keyboard.detach()
    focused: list[tuple[str, bool]] = page.evaluate("window.focused")
    for name, shown in focused:
        assert shown, f"{page.url}: {name} does not show that it has the focus"
    assert wanted <= {name for name, _ in focused}, f"{page.url}: Tab misses {wanted - {name for name, _ in focused}}"
    page.evaluate("document.activeElement.blur(); window.began.focus()")

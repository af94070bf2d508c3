"""A contact group goes along its route with a phone whose connection fails; an activity is held and reported."""

import re
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look
from tests.browser.test_pairing import picture

SEEN = {"subject": "机耕路塌方一处", "text": "三组机耕路塌了四米。"}


def office_day(days: int = 0) -> date:
    """The office's date, which is not always the machine's."""
    return (datetime.now(UTC) + timedelta(hours=8, days=days)).date()


def go_out(clerk: Page, name: str, *, looks: bool = False) -> str:
    """Set a group up with a stop, and plan a visit of today; the address of the visit."""
    clerk.goto("/contact-groups/new")
    if looks:
        look(clerk)
    fill(clerk, name=name)
    clerk.locator("select[name=leader]").select_option(index=1)
    clerk.locator("input[name=members]").first.check()
    send(clerk)
    expect(clerk.locator("h1")).to_have_text(name)
    address = clerk.url
    clerk.goto(f"{address}/stop")
    if looks:
        look(clerk)
    clerk.locator("select[name=place]").select_option("420117001001")
    send(clerk)
    expect(clerk).to_have_url(address)
    clerk.locator("main a[href*='/contact-visits/plan/']").click()
    if looks:
        look(clerk)
    send(clerk)
    expect(clerk).to_have_url(address)
    if looks:
        look(clerk)
    clerk.locator("#visits ~ table a").first.click()
    expect(clerk).to_have_url(re.compile(r"/contact-visits/\d+$"))
    return clerk.url


def test_what_a_group_finds_outlives_the_loss_of_the_connection_and_is_handed_on(visit: Visit) -> None:
    clerk = enter(visit(viewport=PHONE), "clerk")
    address = go_out(clerk, "联系组", looks=True)
    look(clerk)
    clerk.locator("main a[href$='/take-down']").click()
    look(clerk)
    subject = f"{SEEN['subject']}"
    fill(clerk, **{**SEEN, "subject": subject})
    told = clerk.locator("#draft-told")
    offline = "没有网络"
    clerk.context.set_offline(True)
    send(clerk)
    expect(told).to_contain_text(offline)
    clerk.goto("about:blank")  # the page is closed before there is a connection again
    clerk.context.set_offline(False)
    clerk.goto(f"{address}/take-down")
    expect(clerk.locator("main [name=subject]")).to_have_value(subject)
    clerk.locator("input[name=photos]").set_input_files([picture("路.jpg")])
    clerk.route("**/take-down", _lose, times=1)  # the office has it, and the phone does not know
    send(clerk)
    expect(told).to_contain_text(offline)
    send(clerk)
    expect(clerk).to_have_url(re.compile("/taken-down$"))
    expect(clerk.locator("main tbody tr")).to_have_count(1)
    clerk.wait_for_load_state()  # its script has run
    assert not clerk.evaluate("Object.keys(localStorage).some(name => name.startsWith('draft '))")
    look(clerk)

    clerk.locator("main tbody a").first.click()
    expect(clerk.locator("h1")).to_have_text(subject)
    expect(clerk.locator("main .photos img")).to_have_count(1)
    look(clerk)
    finding = clerk.url
    clerk.goto(f"{finding}/letter")
    look(clerk)
    clerk.goto(f"{finding}/need")
    look(clerk)
    fill(clerk, kind="road")
    send(clerk)
    expect(clerk).to_have_url(finding)
    clerk.locator("main a[href*='/needs/']").click()
    expect(clerk.locator("main .photos img")).to_have_count(1)
    clerk.locator("main a[href*='/contact-visits/findings/']").click()
    expect(clerk).to_have_url(finding)
    for page in ("/contact-groups/", "/contact-visits/", "/contact-visits/findings", f"{address}/close"):
        clerk.goto(page)
        look(clerk)
    send(clerk)
    expect(clerk).to_have_url(address)


def _lose(route: Route) -> None:
    assert route.fetch(max_redirects=0).status == 303
    route.abort("internetdisconnected")


def test_without_scripts_it_is_an_ordinary_form(visit: Visit) -> None:
    address = go_out(enter(visit("zh"), "clerk"), "没有脚本的联系组")
    phone = enter(visit("zh", viewport=PHONE, scripts=False), "clerk")
    phone.goto(f"{address}/take-down")
    fill(phone, **SEEN)
    send(phone)
    expect(phone.locator("main tbody tr")).to_have_count(1)
    phone.locator("main tbody a").first.click()
    phone.locator("main a[href$='/remark']").click()
    fill(phone, remark="当场请村里先设警示牌。")
    send(phone)
    expect(phone.locator("main")).to_contain_text("当场请村里先设警示牌。")


def test_a_contact_holds_an_activity_and_reports_it(visit: Visit) -> None:
    contact = enter(visit(viewport=PHONE), "contact")
    contact.goto("/activities/new")
    look(contact)
    title = "家庭读书会"
    fill(contact, kind="science", title=title, held_on=str(office_day()), where="农家书屋")
    send(contact)
    expect(contact.locator("h1")).to_have_text(title)
    look(contact)
    contact.locator("main a[href$='/hold']").click()
    look(contact)
    fill(contact, attendance="46", counted="list")
    contact.locator("input[name=photos]").set_input_files([picture("读书.jpg")])
    send(contact)
    expect(contact.locator("main .photos img")).to_have_count(1)
    contact.locator("main a[href$='/report']").click()
    look(contact)
    fill(contact, report="十二家参加。", cost="1280.50", budget="文明村创建经费")
    send(contact)
    expect(contact.locator("main")).to_contain_text("1,280.50")
    look(contact)
    contact.goto("/activities/")
    look(contact)

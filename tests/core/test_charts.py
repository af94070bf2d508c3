"""A chart tells the numbers that it is given: true heights, a word and a pattern beside each colour, nothing inline."""

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.charts import Mark, Series, bars, line, ticks

MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]
PARTED = [Series("before", [4, 2, None, None]), Series("after", [None, None, 1, 0])]


def draw(**changes: object) -> LexborHTMLParser:
    given = {"title": "Letters", "desc": "A month.", "labels": MONTHS, "series": PARTED} | changes
    return LexborHTMLParser(str(bars("letters", **given)))  # type: ignore[arg-type]


def height(node: LexborNode) -> float:
    return float(node.attributes["height"] or 0)


def test_a_bar_is_as_high_as_its_number_on_a_scale_that_begins_at_nought() -> None:
    four, two, one, none = (height(bar) for bar in draw().css("figure > svg rect.chart-bar"))
    assert four == pytest.approx(2 * two, abs=0.11)
    assert two == pytest.approx(2 * one, abs=0.11)
    assert none == 0


def test_each_bar_says_its_number_its_label_and_its_series() -> None:
    page = draw()
    assert [node.text() for node in page.css("text.chart-value")] == ["4", "2", "1", "0"]
    assert [node.text() for node in page.css("g > title")] == [
        "2026-01 · before: 4",
        "2026-02 · before: 2",
        "2026-03 · after: 1",
        "2026-04 · after: 0",
    ]


def test_each_series_has_a_pattern_of_its_own_and_its_name_in_the_legend() -> None:
    page = draw()
    assert [node.text(strip=True) for node in page.css(".chart-legend li")] == ["before", "after"]
    fills = {bar.attributes["fill"] for bar in page.css("rect.chart-bar")}
    patterns = {f"url(#{node.attributes['id']})": node.html for node in page.css("pattern")}
    assert fills == patterns.keys()
    inner = [(html or "").partition(">")[2] for html in patterns.values()]
    assert len(set(inner)) == 2


def test_a_chart_is_named_and_described_and_its_ids_are_its_own() -> None:
    page = draw()
    svg = page.css("figure > svg")[0]
    assert svg.attributes["role"] == "img"
    named = (svg.attributes["aria-labelledby"] or "").split()
    assert [page.css(f"#{id}")[0].text() for id in named] == ["Letters", "A month."]
    ids = [node.attributes["id"] or "" for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert all(id.startswith("letters-") for id in ids)


def test_what_is_given_is_escaped_and_nothing_is_inline() -> None:
    for chart in (bars, line):
        html = str(
            chart("x", title="<b>", desc='"&', labels=["<i>"], series=[Series("<u>", [1])], marks=[Mark(0, "<script>")])
        )
        assert not any(word in html for word in ("<b>", "<i>", "<u>", "<script", "style=", " on"))
        assert "&lt;script&gt;" in html


def test_a_line_breaks_where_nothing_is_known() -> None:
    html = str(line("x", title="t", desc="d", labels=MONTHS, series=[Series("s", [1, None, 2, 3])]))
    runs = [(node.attributes["points"] or "").split() for node in LexborHTMLParser(html).css("polyline")]
    assert [len(run) for run in runs] == [1, 2]
    assert html.count("<circle") == 3  # the points themselves


def test_a_mark_stands_before_the_label_it_names() -> None:
    page = draw(marks=[Mark(2, "remedy")])
    at = float(page.css("line.chart-mark")[0].attributes["x1"] or 0)
    lefts = [float(bar.attributes["x"] or 0) for bar in page.css("figure > svg g rect.chart-bar")]
    assert lefts[1] < at < lefts[2]
    assert "remedy" in page.css("text.chart-said")[0].text()


def test_labels_that_have_no_room_give_way() -> None:
    many = [f"2026-{nth:02}" for nth in range(36)]
    page = draw(labels=many, series=[Series("s", [1] * 36)])
    shown = [node.text() for node in page.css("text.chart-label")]
    on_phone = [node.text() for node in page.css("text.chart-label:not(.chart-wide)")]
    assert 4 <= len(on_phone) < len(shown) <= 12
    assert shown[0] == on_phone[0] == many[0]


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (12, [0, 5, 10, 15]),
        (0.4, [0, 0.1, 0.2, 0.3, 0.4]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_the_scale_has_round_steps(most: float, expected: list[float]) -> None:
    assert ticks(most) == pytest.approx(expected)


def test_numbers_that_no_chart_can_show_are_refused() -> None:
    with pytest.raises(ValueError, match="nought"):
        draw(series=[Series("s", [-1, 0, 0, 0])])
    with pytest.raises(ValueError, match="one value for each label"):
        draw(series=[Series("s", [1])])
    with pytest.raises(ValueError, match="1 to 4 series"):
        draw(series=[])

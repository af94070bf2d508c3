"""Charts drawn by the server as SVG: pure functions from numbers to a picture that stands above its own table.

A chart says nothing that its table does not say. Each series has its pattern and its name beside the colour, each bar
its number, so that a chart can be read in black and white, on paper, and by ear (title and description). The colours
are classes of the stylesheet. On a phone the letters grow (by the stylesheet) and every other label gives way.

    bars("letters", title=_("Letters a month"), desc=…, labels=["2026-01", …], series=[Series(_("Letters"), [3, …])])
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 44
_FOR_MARKS = 24  # more room above where a mark says what happened
MOST_SERIES = 4
_LETTER, _PHONE_LETTER, _PHONE_DIGIT = 8.6, 14.0, 17.0  # widths: at 15 units, and on a phone at 25
_ONLY_ZERO = 1.0


@dataclass(frozen=True)
class Series:
    """One run of numbers, one for each label; None where nothing is known or nothing belongs."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Mark:
    """A line across the chart in front of the label with this index, and what happened there."""

    at: int
    text: str


def bars(
    id: str, *, title: str, desc: str, labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark] = ()
) -> Markup:
    """Bars that stand side by side over each label; a label for which only one series has a number has one wide bar."""
    plot = _Plot(id, labels, series, marks)
    drawn = [plot.patterns()]
    for nth, label in enumerate(labels):
        there = [(place, each) for place, each in enumerate(series) if each.values[nth] is not None]
        room = plot.step * 0.78
        for seat, (place, each) in enumerate(there):
            value = each.values[nth] or 0
            width = room / len(there)
            left, top = plot.x(nth) - room / 2 + seat * width, plot.y(value)
            drawn.append(
                Markup(
                    '<g><title>{}</title><rect class="chart-bar chart-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}"'
                    ' height="{:.1f}" fill="url(#{}-{})"/>'
                ).format(
                    f"{label} · {each.name}: {_said(value)}",
                    place + 1,
                    left,
                    top,
                    width,
                    plot.base - top,
                    id,
                    place + 1,
                )
            )
            room_for_it = "" if len(_said(value)) * _PHONE_DIGIT <= plot.step / len(there) else " chart-wide"
            drawn.append(_text(f"chart-value{room_for_it}", left + width / 2, top - 5, _said(value), "middle"))
            drawn.append(Markup("</g>"))
    keys = [
        Markup('<rect class="chart-bar chart-{}" x="1" y="1" width="22" height="14" fill="url(#{}-{})"/>').format(
            place + 1, id, place + 1
        )
        for place in range(len(series))
    ]
    return plot.frame(title, desc, drawn, keys)


def line(
    id: str, *, title: str, desc: str, labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark] = ()
) -> Markup:
    """Lines from point to point, each with its own dashes and its own shape of point; a gap where nothing is known."""
    plot = _Plot(id, labels, series, marks)
    drawn = []
    for place, each in enumerate(series):
        for run in _runs(each.values):
            path = " ".join(f"{plot.x(nth):.1f},{plot.y(value):.1f}" for nth, value in run)
            drawn.append(Markup('<polyline class="chart-line chart-{}" points="{}"/>').format(place + 1, path))
        known = [(nth, value) for nth, value in enumerate(each.values) if value is not None]
        told = known if len(series) == 1 and len(labels) <= 15 else known[-1:]
        for nth, value in known:
            x, y = plot.x(nth), plot.y(value)
            about = f"{labels[nth]} · {each.name}: {_said(value)}"
            drawn.append(Markup("<g><title>{}</title>{}</g>").format(about, _point(place, x, y)))
            if (nth, value) in told:
                drawn.append(_text("chart-value", x, y - 9, _said(value), "middle"))
    keys = [
        Markup('<polyline class="chart-line chart-{}" points="0,8 24,8"/>{}').format(place + 1, _point(place, 12, 8))
        for place in range(len(series))
    ]
    return plot.frame(title, desc, drawn, keys)


class _Plot:
    """The field that the numbers are drawn in: its scale, its ticks, its frame."""

    def __init__(self, id: str, labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark]) -> None:
        if not 0 < len(series) <= MOST_SERIES:
            raise ValueError(f"a chart has 1 to {MOST_SERIES} series, not {len(series)}")
        if any(len(each.values) != len(labels) for each in series):
            raise ValueError("each series has one value for each label")
        if any(value is not None and value < 0 for each in series for value in each.values):
            raise ValueError("a chart counts from nought upwards")
        self.id, self.labels, self.series = id, labels, series
        self.top, self.base = TOP + (_FOR_MARKS if marks else 0), HEIGHT - BOTTOM
        self.marks = marks
        self.ticks = ticks(max((value or 0 for each in series for value in each.values), default=0))
        self.left = max(LEFT, max(len(_said(each)) for each in self.ticks) * _PHONE_LETTER + 12)  # large sums are wide
        self.step = (WIDTH - self.left - RIGHT) / max(len(labels), 1)

    def x(self, nth: int) -> float:
        """The middle of a label's room."""
        return self.left + self.step * (nth + 0.5)

    def y(self, value: float) -> float:
        """The height of a value; the scale begins at nought, so that a bar twice as high is twice as much."""
        return self.base - (self.base - self.top) * value / self.ticks[-1]

    def patterns(self) -> Markup:
        """How each series is filled: whole, slanting, dotted, empty."""
        inner = (
            '<rect class="chart-ink" width="8" height="8"/>',
            '<rect class="chart-ground" width="8" height="8"/>'
            '<path class="chart-stroke" d="M-2 2 2-2M0 8 8 0M6 10l4-4"/>',
            '<rect class="chart-ground" width="8" height="8"/><circle class="chart-ink" cx="4" cy="4" r="2.2"/>',
            '<rect class="chart-ground" width="8" height="8"/>',
        )
        made = Markup("").join(
            Markup('<pattern id="{}-{}" class="chart-{}" width="8" height="8" patternUnits="userSpaceOnUse">').format(
                self.id, place + 1, place + 1
            )
            + Markup(inner[place] + "</pattern>")  # noqa: S704 - ours
            for place in range(len(self.series))
        )
        return Markup("<defs>{}</defs>").format(made)

    def frame(self, title: str, desc: str, drawn: Sequence[Markup], keys: Sequence[Markup]) -> Markup:
        """The whole picture with its legend where there is more than one series."""
        legend = Markup("").join(
            Markup(
                '<li><svg class="chart-key" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">{}</svg>'
                " {}</li>"
            ).format(key, each.name)
            for key, each in zip(keys, self.series, strict=True)
        )
        return Markup(
            '<figure class="chart"><svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
            '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}</svg>{}</figure>'
        ).format(
            WIDTH,
            HEIGHT,
            self.id,
            self.id,
            self.id,
            title,
            self.id,
            desc,
            self._axes(),
            Markup("").join(drawn),
            Markup("").join(map(self._mark, self.marks)),
            Markup('<ul class="chart-legend">{}</ul>').format(legend) if len(self.series) > 1 else "",
        )

    def _axes(self) -> Markup:
        parts = []
        for tick in self.ticks:
            y = self.y(tick)
            kind = "chart-base" if tick == 0 else "chart-grid"
            parts.append(
                Markup('<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                    kind, self.left, WIDTH - RIGHT, y, y
                )
            )
            parts.append(_text("chart-tick", self.left - 8, y + 5, _said(tick), "end"))
        longest = max((_letters(label) for label in self.labels), default=0) + 1
        every = max(1, ceil(longest * _LETTER / self.step))
        on_phone = max(every, ceil(longest * _PHONE_LETTER / self.step / every) * every)
        for nth in range(0, len(self.labels), every):
            kind = "chart-label" if nth % on_phone == 0 else "chart-label chart-wide"
            half = _letters(self.labels[nth]) * _PHONE_LETTER / 2  # a long one stays inside the picture on a phone, too
            x = max(min(self.x(nth), WIDTH - half), half)
            parts.append(_text(kind, x, HEIGHT - BOTTOM + 33, self.labels[nth], "middle"))
        return Markup("").join(parts)

    def _mark(self, mark: Mark) -> Markup:
        x = self.left + self.step * mark.at
        side = "end" if x > (self.left + WIDTH - RIGHT) / 2 else "start"
        shift = -6 if side == "end" else 6
        drawn = Markup('<line class="chart-mark" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>').format(x, x, 8, self.base)
        return drawn + _text("chart-said", x + shift, 22, mark.text, side)


def ticks(most: float) -> list[float]:
    """Round steps from nought to at least `most`; whole numbers from one unit on, since most charts count something."""
    most = most if most > 0 else _ONLY_ZERO
    rough = most / 5
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * (1 - 1e-9))
    if most >= 1:
        step = max(step, 1.0)
    return [round(step * nth, 10) for nth in range(ceil(most / step - 1e-9) + 1)]


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The values that stand beside one another without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for nth, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((nth, value))
    return [run for run in runs if run]


def _point(place: int, x: float, y: float) -> Markup:
    """A point of a line: round, square, three-cornered, on its corner."""
    if place == 0:
        return Markup('<circle class="chart-point chart-1" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(x, y)
    shape = {
        1: f"M{x - 5:.1f} {y - 5:.1f}h10v10h-10z",
        2: f"M{x:.1f} {y - 6:.1f}l6 11h-12z",
        3: f"M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z",
    }[place]
    return Markup('<path class="chart-point chart-{}" d="{}"/>').format(place + 1, shape)


def _text(kind: str, x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, escape(words)
    )


def _letters(label: str) -> int:
    """How wide a label is, in Latin letters: a Chinese character counts for two."""
    return sum(2 if ord(each) > 0x2E7F else 1 for each in label)


def _said(value: float) -> str:
    """A number as it stands on a chart: whole, or with what it takes."""
    return f"{value:.10g}" if value == int(value) else f"{value:.3g}"

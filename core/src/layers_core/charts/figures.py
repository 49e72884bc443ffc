"""A chart with all that belongs to it on a page: heading, what it says, picture, table, how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from layers_core.charts import drawing, svg, words
from layers_core.charts.model import Chart, Part
from layers_core.i18n import format_number
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary


@dataclass(frozen=True)
class Row:
    """One point in the table, in words: a cell for each column. A gap's first cell says why there is no number."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """What the template shows. `key` begins the ids: it differs for each heading, so a page may hold several."""

    key: str
    heading: str
    findings: list[str]
    explanation: list[str]
    svg: svg.Svg
    columns: tuple[str, ...]
    """The headings of the table: of the points themselves, then of their cells; the last cell is what signals."""
    rows: list[Row]


def figure(chart: Chart, heading: str) -> Figure:
    """A chart as a page shows it, in the reader's language; the template is the shell's `layers/charts.html`."""
    key = f"chart-{crc32(heading.encode(errors='replace')):08x}"
    findings = words.findings(chart)
    return Figure(
        key=key,
        heading=heading,
        findings=findings,
        explanation=words.explanation(chart),
        svg=svg.as_svg(_drawn(chart, key, heading, findings)),
        columns=_columns(chart),
        rows=[_row(chart, part, place) for part in chart.parts for place in range(part.first, part.stop)],
    )


def as_file(chart: Chart, heading: str) -> bytes:
    """A chart as an SVG file of its own, in the reader's language: a fixed width, a background, the same words."""
    return svg.as_file(_drawn(chart, "chart", heading, words.findings(chart), fluid=False))


def _drawn(chart: Chart, key: str, heading: str, findings: list[str], *, fluid: bool = True) -> svg.Element:
    points = chart.points
    ends = {"first": points[0].label, "last": points[-1].label} if points else {}
    span = [_("%(measure)s, %(first)s to %(last)s.", measure=chart.measure.name, **ends)] if ends else []
    return drawing.draw(chart, key, heading, " ".join([*span, *findings]), fluid=fluid)


def _columns(chart: Chart) -> tuple[str, ...]:
    said, measure = vocabulary("chart_words")[chart.kind], chart.measure
    counted = [measure.counted] if measure.counted else []
    lines = [_(said[name]) for name in ("column", "limits") if name in said]
    return (_("When"), measure.name, *counted, *lines, _("What it shows"))


def _row(chart: Chart, part: Part, place: int) -> Row:
    point, measure, lines = chart.points[place], chart.measure, words.lines(chart, part)
    value = words.gap(point) if point.value is None else words.number(measure, float(point.value))
    count = "" if point.count is None else format_number(point.count)
    cells = [value, *([count] if measure.counted else []), lines.get("centre", "")]
    if chart.kind == "control":
        cells.append(_("%(low)s to %(high)s", **lines) if "low" in lines else "")
    return Row(point.label, (*cells, words.shows(chart, place)))

"""A chart in words: what the rules found, in plain English, and how each number is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers_core.charts.model import Chart, ControlPart, Measure, Nature, Part, Point, RunPart, Signal
from layers_core.i18n import format_number, format_parts, ngettext
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary


def number(measure: Measure, value: float) -> str:
    """A value as people read it: "87.3%"."""
    return f"{format_number(value, measure.decimals)}{measure.unit}"


def line(measure: Measure, value: float) -> str:
    """Where a line stands, cut to what is possible: one decimal where it falls between whole numbers."""
    shown = measure.possible(value)
    decimals = measure.decimals or int(round(shown, 1) % 1 != 0)
    return f"{format_number(shown, decimals)}{measure.unit}"


def periods(measure: Measure, count: int) -> str:
    """So many points as what they stand for: "9 months"."""
    words = vocabulary("chart_periods")[measure.period]
    return ngettext(words["one"], words["many"], count)


def axis_label(chart: Chart, place: int) -> tuple[str, str]:
    """What stands below a point, in two lines: "Mar" and "2026"."""
    words, day = vocabulary("chart_periods")[chart.measure.period], chart.points[place].day
    return format_parts(day, words["axis"]), format_parts(day, words["below"]) if words["below"] else ""


def findings(chart: Chart) -> list[str]:
    """What the chart says, a sentence or two for each finding, in the order of time."""
    words = vocabulary("chart_words")
    parts = [part for part in chart.parts if part.known]
    if not parts:
        return [_(words["empty"])]
    found = [variation(chart)] if chart.kind == "control" else []
    for before, part in zip([None, *parts], parts, strict=False):
        if before is not None:
            changes = ", ".join(change.label for change in part.changes)
            told = {**_told(chart, part), "changes": changes, "before": lines(chart, before)["centre"]}
            found.append(_(words[chart.kind]["moved"], **told))
        found += [sentence(chart, part, signal) for signal in _weighty(chart, part)]
    return [*found, *_now(chart, parts[-1], first=len(parts) == 1)]


def _now(chart: Chart, part: Part, *, first: bool) -> Iterator[str]:
    """What is to be said of the newest part besides its signals: that there are none, or few numbers."""
    words, told = vocabulary("chart_words")[chart.kind], _told(chart, part)
    if isinstance(part, ControlPart) and part.low is None:
        yield _(words["none"])
        return
    if not signals_of(chart, part) and (part.enough or chart.kind == "control"):
        yield _(words["quiet" if first else "quiet_since"], **told)
    if not part.enough:
        yield _(words["few"], **told)


def _weighty(chart: Chart, part: Part) -> list[Signal]:
    """A part's signals in order of time, without those on points that a longer one on the same side tells of."""
    found = signals_of(chart, part)
    told = [
        one for one in found if not any(one.side == more.side and set(one.places) < set(more.places) for more in found)
    ]
    return sorted(told, key=lambda signal: signal.places)


def signals_of(chart: Chart, part: Part) -> list[Signal]:
    """The signals within a part."""
    return [signal for signal in chart.signals if part.first <= signal.places[0] < part.stop]


def sentence(chart: Chart, part: Part, signal: Signal) -> str:
    """A signal in a sentence or two: what was seen, and whether that is an improvement or a concern."""
    words = vocabulary("chart_words")
    about = words[chart.kind][signal.rule]
    if len(signal.places) > 1:
        about = about.get("several", about)
    points = chart.points
    seen = {
        "first": points[signal.places[0]].label,
        "last": points[signal.places[-1]].label,
        "periods": periods(chart.measure, len(signal.places)),
        "value": number(chart.measure, float(points[signal.places[0]].value or 0)),
    }
    means = _(words["natures"][chart.nature(signal)]["says"])
    return f"{_(about[signal.side], **{**_told(chart, part), **seen})} {means}".rstrip()


def lines(chart: Chart, part: Part) -> dict[str, str]:
    """Where a part's lines stand, as people read it: `centre`, and `low` and `high` where it has limits."""
    told = {} if part.centre is None else {"centre": line(chart.measure, part.centre)}
    if isinstance(part, ControlPart) and part.low is not None and part.high is not None:
        told.update(low=line(chart.measure, part.low), high=line(chart.measure, part.high))
    return told


def _told(chart: Chart, part: Part) -> dict[str, object]:
    """What the sentences about a part may name."""
    rules = vocabulary("chart_rules")[chart.kind]
    told: dict[str, object] = {"first": chart.points[part.first].label, **lines(chart, part)}
    if isinstance(part, RunPart):
        told.update(have=part.useful, need=rules["useful_points"], most=part.longest_run_most)
        told.update(crossings=part.crossings, least=part.crossings_least)
    elif isinstance(part, ControlPart):
        told.update(have=part.base, need=rules["firm_points"])
    return told


def variation(chart: Chart) -> str:
    """What NHS England's variation icon says, in words: whether the latest number shows a change, and of what kind."""
    latest = max((part.known[-1] for part in chart.parts if part.known), default=None)
    if latest is None:
        return ""
    words: Mapping[str, Any] = vocabulary("chart_words")["control"]["variation"]
    signal = next(chart.signals_at(latest), None)
    means = words[chart.nature(signal)][signal.side] if signal else words["common"]
    return _(means, label=chart.points[latest].label)


def explanation(chart: Chart) -> list[str]:
    """How to read the chart, in a few sentences."""
    rules = vocabulary("chart_rules")[chart.kind]["rules"]
    told = {name: rule["points"] for name, rule in rules.items() if "points" in rule}
    near = rules.get("near_limit", {})
    told.update(near=near.get("points"), of=near.get("of"))
    return [_(words, **told) for words in vocabulary("chart_words")[chart.kind]["how"]]


def gap(point: Point) -> str:
    """What stands where a number is missing: why, or that it is."""
    return point.reason or _("No number")


def nature_at(chart: Chart, place: int) -> Nature | None:
    """What a point is marked as: what the weightiest signal means that is one on single points."""
    return next((chart.nature(signal) for signal in _marking(chart, place)), None)


def shows(chart: Chart, place: int) -> str:
    """What a point signals, for its row in the table: "Concern: below the lower limit; in a run below the mean"."""
    words, nature = vocabulary("chart_words"), nature_at(chart, place)
    if nature is None:
        return ""
    said = (words[chart.kind][signal.rule]["short"][signal.side] for signal in _marking(chart, place))
    return f"{_(words['natures'][nature]['short'])}: {'; '.join(_(short) for short in said)}"


def _marking(chart: Chart, place: int) -> Iterator[Signal]:
    rules = vocabulary("chart_rules")[chart.kind]["rules"]
    return (signal for signal in chart.signals_at(place) if rules[signal.rule]["marks"])

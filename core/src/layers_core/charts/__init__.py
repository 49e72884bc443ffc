"""Charts over time: the rules that tell a change from chance, and the drawing. Any plugin may use them.

    from layers_core import charts

    points = [charts.Point(date(2026, 1, 1), "January 2026", 87.5, count=40), …]
    measure = charts.share(_("Positive answers"), better="up")
    chart = charts.control_chart(points, measure)

and in a template: `{% import "layers/charts.html" as charts %}{{ charts.figure(chart, _('…')) }}`. See docs/charts.md.
"""

from layers_core.charts.anhoej import run_chart
from layers_core.charts.bars import Bar, bar_chart
from layers_core.charts.figures import as_file, figure
from layers_core.charts.means import Interval, mean_interval, share_interval
from layers_core.charts.model import Better, Change, Chart, Measure, Period, Point, Signal, share
from layers_core.charts.series import every_month
from layers_core.charts.svg import Svg
from layers_core.charts.words import findings
from layers_core.charts.xmr import control_chart

__all__ = [
    "Bar",
    "Better",
    "Change",
    "Chart",
    "Interval",
    "Measure",
    "Period",
    "Point",
    "Signal",
    "Svg",
    "as_file",
    "bar_chart",
    "control_chart",
    "every_month",
    "figure",
    "findings",
    "mean_interval",
    "run_chart",
    "share",
    "share_interval",
]

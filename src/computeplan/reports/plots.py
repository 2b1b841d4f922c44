"""Charts of a plan as plotly figures, for notebooks: those of the report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.reports.blocks import Chart
from computeplan.reports.subjects.costs import carbon_chart, cost_chart
from computeplan.reports.subjects.flows import flows
from computeplan.reports.subjects.limits import limit_blocks
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.reports.subjects.shifting import shifted_work
from computeplan.reports.subjects.sites import figure_name, hardware_at, site_charts
from computeplan.reports.words import Words
from computeplan.runs.run import Run
from computeplan.text import expected_one_of
from computeplan.vocabulary import Language

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class Plots:
    """Charts of a run, as figures that a notebook shows and ``figure.write_image`` writes.

    Parameters
    ----------
    language : str
        ``en`` or ``zh``.
    """

    def __init__(self, run: Run, language: str = Language.EN) -> None:
        self._run, self._language = run, language

    def __repr__(self) -> str:
        names = [name for name in vars(Plots) if not name.startswith("_")]
        return f"Plots of {self._run.plan.problem.name}: {', '.join(names)}"

    @cached_property
    def _view(self) -> PlanView:
        return PlanView(self._run, self._run.require_solution("plot"), Words(self._language))

    @checked
    def sites(self, site: str | None = None, hardware: str | None = None) -> Figure:
        """Draw a site through time: use of one kind of hardware, energy, prices and carbon.

        Default: the site with most work, and its first kind of hardware.
        """
        problem = self._run.plan.problem
        names = problem.sites.names
        if site is None:
            site = names[int(np.argmax(self._view.account.statements.work_unit_h.sum(axis=0)))]
        if site not in names:
            raise UsageError(f"expected the name of a site, got {site!r}", **expected_one_of(names, site))
        kinds = hardware_at(problem, names.index(site))
        here = [problem.hardware.names[kind] for kind in kinds if kind >= 0]
        if hardware is not None and hardware not in here:
            expected = expected_one_of(here, hardware)
            raise UsageError(f"expected hardware of {site!r}, got {hardware!r}", **expected)
        kind = kinds[0] if hardware is None else problem.hardware.names.index(hardware)
        return _figure(site_charts(self._view), figure_name(problem, names.index(site), kind))

    def cost(self) -> Figure:
        """Draw cost by part, against the all-local plan."""
        return _figure(cost_chart(self._view))

    def carbon(self) -> Figure:
        """Draw emissions on the three bases, against the all-local plan."""
        return _figure(carbon_chart(self._view))

    def flows(self) -> Figure:
        """Draw where the work goes."""
        return _figure(_chart_of(flows(self._view).blocks, "work"))

    def waiting(self) -> Figure:
        """Draw what moved in time."""
        return _figure(_chart_of(shifted_work(self._view).blocks, "work that can wait"))

    def limits(self) -> Figure:
        """Draw what a tenth more of limits saves, where that was solved: ``solve(…, limits=3)``."""
        view = self._view
        blocks = limit_blocks(view.problem, view.solution.prices, view.run.eased, view.words)
        return _figure(_chart_of(blocks, "limit of which a tenth more was solved and saves"))


def _chart_of(blocks: Any, what: str) -> Chart:
    for block in blocks:
        if isinstance(block, Chart):
            return block
    raise UsageError(f"there is nothing to draw: the plan has no {what}")


def _figure(chart: Chart, name: str = "") -> Figure:
    from plotly.graph_objects import Figure

    drawn = _colored(chart.figures[name])
    layout = {"template": "plotly_white", "height": chart.height + 60, **drawn["layout"]}
    return Figure(data=drawn["data"], layout={**layout, "title": {"text": chart.title}})


def _colored(value: Any) -> Any:
    """Replace the roles of colors by those of the light report."""
    if isinstance(value, str):
        return _colors().get(value, value)
    if isinstance(value, Mapping):
        return {key: _colored(item) for key, item in value.items() if key not in {"pattern", "fillpattern"}}
    if isinstance(value, list | tuple):
        return [_colored(item) for item in value]
    return value


@cache
def _colors() -> dict[str, str]:
    style = files(__package__).joinpath("assets", "report.css").read_text(encoding="utf-8")
    light = style[: style.index("@media")]
    return dict(re.findall(r"(--[a-z0-9-]+): ([^;]+);", light))

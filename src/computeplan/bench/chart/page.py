"""All diagrams on one page."""

from __future__ import annotations

from collections.abc import Mapping

from computeplan.bench.chart import panel, svg
from computeplan.bench.chart.growth_panel import Measured, Series, growth_panels
from computeplan.bench.chart.panel import Panel
from computeplan.bench.chart.profile_panel import profile_panel
from computeplan.bench.results import Results

COLUMNS = 3
MARGIN, HEAD, FOOT = 12, 40, 30
CONFIGS = "configs"
"""Title of the user's own, which are no family."""


def chart(results: Results) -> str | None:
    """Draw time against size for each family, and the performance profile where solvers are compared.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        SVG; nothing where nothing was solved.
    """
    solvers = dict.fromkeys(summary.solver for summary in results.summaries)
    colors = {solver: svg.color(number) for number, solver in enumerate(solvers)}
    families, profiles = _families(results, colors), results.profiles
    if not families:
        return None
    count = len(families) + bool(profiles)
    places = [
        Panel(MARGIN + column * panel.WIDTH, HEAD + row * panel.HEIGHT)
        for row, column in (divmod(number, COLUMNS) for number in range(count))
    ]
    elements = growth_panels(families, places[: len(families)])
    if profiles:
        elements += profile_panel(profiles, colors, places[-1])
    width = 2 * MARGIN + min(count, COLUMNS) * panel.WIDTH
    height = HEAD + FOOT + -(-count // COLUMNS) * panel.HEIGHT
    title = f"computeplan {results.origin['versions']['computeplan']}: time against size"
    words = [
        svg.text((MARGIN, 22), title, bold=True),
        svg.text((MARGIN, height - 12), _origin(results), fill=svg.FAINT),
    ]
    return svg.document(width, height, title, [*words, *elements])


def _families(results: Results, colors: Mapping[str, str]) -> dict[str, list[Series]]:
    """Points and fits by family, in the order of the runs."""
    family_of = {instance.name: instance.family or CONFIGS for instance in results.instances}
    fits = {(growth.family, growth.solver): growth.total for growth in results.growths}
    points: dict[str, dict[str, list[Measured]]] = {}
    for summary in results.summaries:
        if summary.is_answer and summary.total_s:
            by_solver = points.setdefault(family_of[summary.instance], {})
            point = Measured(summary.instance, summary.allocations, summary.total_s)
            by_solver.setdefault(summary.solver, []).append(point)
    return {
        family: [
            Series(solver, colors[solver], tuple(found), fits.get((family, solver)))
            for solver, found in by_solver.items()
        ]
        for family, by_solver in points.items()
    }


def _origin(results: Results) -> str:
    """Say where the numbers come from."""
    origin = results.origin
    commit = f", commit {origin['commit']['hash'][:12]}" if origin["commit"] else ""
    processor, cores = origin["machine"]["processor"], origin["machine"]["cores"]
    return (
        f"{origin['created']}{commit}; {processor}, {cores} cores. Dashed: least squares on the logarithms."
    )

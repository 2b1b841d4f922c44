"""Where the work goes: from companies' zones to sites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.problem import Floats
from computeplan.reports.blocks import Figure, Section
from computeplan.reports.charts import chart, figure, rounded
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.reports.words import Words

MOST_ORIGINS = 14
"""More than so many pairs of zone and tier make the picture unreadable; then zones alone are drawn."""

THREAD = 2e-4
"""A smaller share of all work is no flow that can be seen."""


def flows(view: PlanView) -> Section:
    """Draw the work of the horizon from its users' zones to sites and their hardware."""
    origins, work = _work_by_origin(view)
    sankey = {"": _sankey(view, origins, work)}
    height = max(320, 44 * max(len(origins), len(view.places)))
    drawn = chart(view.words, "flows", sankey, summary=_summary(view, origins, work), height=height)
    return Section("flows", view.words("flows.title"), [drawn])


def _work_by_origin(view: PlanView) -> tuple[list[str], Floats]:
    """Names of the origins, and their work at each place (origins, places)."""
    problem = view.problem
    zone = problem.needs.zone[problem.workloads.need]
    tier_names, tier_of = view.tiers
    pairs, origin = np.unique(
        np.column_stack((zone, tier_of[problem.workloads.company])), axis=0, return_inverse=True
    )
    if len(tier_names) > 1 and len(pairs) <= MOST_ORIGINS:
        names = [f"{problem.network.zone_names[z]} · {tier_names[t]}" for z, t in pairs.tolist()]
    else:
        zones, origin = np.unique(zone, return_inverse=True)
        names = [problem.network.zone_names[z] for z in zones.tolist()]
    work = np.zeros((len(names), len(view.places)))
    np.add.at(work, origin.reshape(-1), view.by_place_unit_h)
    return names, work


def _sankey(view: PlanView, origins: list[str], work: Floats) -> Figure:
    total = max(work.sum(), 1e-300)
    factor, unit = view.words.scale("unit·h", total)
    source, target = np.nonzero(work > THREAD * total)
    used, place = np.unique(target, return_inverse=True)
    sites = [view.places[place] for place in used.tolist()]
    labels = _with_shares(view.words, origins, work.sum(axis=1) / total)
    labels += _with_shares(view.words, sites, work[:, used].sum(axis=0) / total)
    nodes = {
        "label": labels,
        "color": ["--series-8"] * len(origins) + ["--series-1"] * len(sites),
        "pad": 18,
        "thickness": 14,
        "line": {"width": 0},
    }
    links = {
        "source": source.tolist(),
        "target": (len(origins) + place).tolist(),
        "value": rounded(work[source, target] / factor),
        "color": ["--flow"] * len(source),
    }
    numbers = {"valueformat": ",.4~r", "valuesuffix": f" {unit}"}
    trace = {"type": "sankey", "arrangement": "snap", **numbers, "node": nodes, "link": links}
    return figure([trace], margin={"t": 12, "b": 12})


def _with_shares(words: Words, names: Sequence[str], share: Floats) -> list[str]:
    return [f"{name}  {words.percent(part)}" for name, part in zip(names, share, strict=True)]


def _summary(view: PlanView, origins: list[str], work: Floats) -> str:
    """Say the flows in words, for those who do not see the picture."""
    total = max(work.sum(), 1e-300)
    separator = view.words("answer.and")
    at_sites = separator.join(
        f"{site} {view.words.percent(share)}"
        for site, share in zip(view.places, work.sum(axis=0) / total, strict=True)
        if share > THREAD
    )
    return view.words("chart.flows.summary", origins=separator.join(origins), shares=at_sites)

"""Where the work goes: from companies' zones to sites."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.problem import Floats
from computeplan.report.html.blocks import Chart, Section
from computeplan.report.html.digits import rounded
from computeplan.report.html.plan.view import PlanView

MOST_ORIGINS = 14
"""More than so many pairs of zone and tier make the picture unreadable; then zones stand alone."""

THREAD = 2e-4
"""A smaller share of all work is no flow that can be seen."""


def flows(view: PlanView) -> Section:
    """Draw the work of the horizon from its users' zones to sites.

    Parameters
    ----------
    view : PlanView
    """
    words = view.words
    origins, work = _work_by_origin(view)
    chart = Chart(
        "flows",
        words("flows.chart"),
        {"": _sankey(view, origins, work)},
        _told(view, origins, work),
        height=max(320, 44 * max(len(origins), view.problem.sites.size)),
        note=words("flows.note"),
    )
    return Section("flows", words("flows.title"), [chart])


def _work_by_origin(view: PlanView) -> tuple[list[str], Floats]:
    """Names of the origins, and their work at each site (origins, S)."""
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
    work = np.zeros((len(names), problem.sites.size))
    np.add.at(work, origin.reshape(-1), view.account.statements.work_unit_h)
    return names, work


def _sankey(view: PlanView, origins: list[str], work: Floats) -> dict[str, Any]:
    scale = view.words.scale(work.sum())
    unit = view.words.unit(view.words("unit_h"), scale)
    total = max(work.sum(), 1e-300)
    source, target = np.nonzero(work > THREAD * total)
    sites = list(view.problem.sites.names)
    used = [site for site in range(len(sites)) if (target == site).any()]
    place = {site: len(origins) + number for number, site in enumerate(used)}
    labels = [
        _label(view, name, amount / total) for name, amount in zip(origins, work.sum(axis=1), strict=True)
    ]
    labels += [_label(view, sites[site], work[:, site].sum() / total) for site in used]
    trace = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.4~r",
        "valuesuffix": f" {unit}",
        "node": {
            "label": labels,
            "color": ["--series-8"] * len(origins) + ["--series-1"] * len(used),
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": source.tolist(),
            "target": [place[site] for site in target.tolist()],
            "value": rounded(work[source, target] / scale.factor),
            "color": ["--flow"] * len(source),
        },
    }
    return {"data": [trace], "layout": {"margin": {"t": 12, "b": 12}}}


def _label(view: PlanView, name: str, share: float) -> str:
    return f"{name}  {view.words.percent(share)}"


def _told(view: PlanView, origins: list[str], work: Floats) -> str:
    """Say the flows in words, for those who do not see the picture."""
    total = max(work.sum(), 1e-300)
    shares = ", ".join(
        f"{site} {view.words.percent(share)}"
        for site, share in zip(view.problem.sites.names, work.sum(axis=0) / total, strict=True)
        if share > THREAD
    )
    return view.words("flows.summary", origins=", ".join(origins), shares=shares)

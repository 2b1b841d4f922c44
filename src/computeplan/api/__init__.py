"""The one door to computeplan from Python; the command line goes through it too.

In all functions `config` is a path or what `load` gave; `scenario`, `overrides` and `allow_paths` are as for
`load`, where it is a path. `options` are by default the config's own, `policies` are simple plans to compare
with, and `progress` is called with the stage, the seconds since the call began, the relative gap and the
bound of a solve in whole numbers (None where there is none): in the thread of the call, when a stage begins
and every second. What it raises ends the call. Nothing is printed; `logging` has a logger for each package,
such as ``computeplan.solvers``.

>>> run = solve("quickstart.yaml")  # doctest: +SKIP
>>> run.status, run.cost.total  # doctest: +SKIP
>>> run.tables()["capacity"]  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP
>>> study = frontier("quickstart.yaml")  # doctest: +SKIP
>>> study.frontiers[0].at_cap(26.0).money  # doctest: +SKIP
>>> ranging("quickstart.yaml", of=["sites.north-park.grid.price"]).tables()["breaks"]  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from computeplan.api.near_optimum import alternatives
    from computeplan.api.plans import diagnose, export, open, plan_loaded, solve  # noqa: A004 - as it does
    from computeplan.api.rolling import Roll, roll
    from computeplan.api.studies import frontier, ranging, shares, sweep
    from computeplan.api.uncertainty import decide
    from computeplan.exports import PlanExport, export_plan
    from computeplan.imports.imported import SeriesImport
    from computeplan.imports.series import import_series
    from computeplan.imports.work import WorkImport, import_work
    from computeplan.runs.compare import compare
    from computeplan.runs.explanation import explain
    from computeplan.runs.loaded import Loaded, chosen_options, configured_options, load
    from computeplan.runs.opened import audit_folder, open_plan
    from computeplan.runs.run import Run
    from computeplan.solvers import SolverOptions, StopSignal
    from computeplan.studies.baselines import policy_of
    from computeplan.studies.frontier import open_frontier

_ROOMS = {
    "computeplan.api.near_optimum": ("alternatives",),
    "computeplan.api.plans": ("diagnose", "export", "open", "plan_loaded", "solve"),
    "computeplan.api.rolling": ("Roll", "roll"),
    "computeplan.api.studies": ("frontier", "ranging", "shares", "sweep"),
    "computeplan.api.uncertainty": ("decide",),
    "computeplan.exports": ("PlanExport", "export_plan"),
    "computeplan.imports.imported": ("SeriesImport",),
    "computeplan.imports.series": ("import_series",),
    "computeplan.imports.work": ("WorkImport", "import_work"),
    "computeplan.runs.compare": ("compare",),
    "computeplan.runs.explanation": ("explain",),
    "computeplan.runs.loaded": ("Loaded", "chosen_options", "configured_options", "load"),
    "computeplan.runs.opened": ("audit_folder", "open_plan"),
    "computeplan.runs.run": ("Run",),
    "computeplan.solvers": ("SolverOptions", "StopSignal"),
    "computeplan.studies.baselines": ("policy_of",),
    "computeplan.studies.frontier": ("open_frontier",),
}
"""What is imported when it is first used: `load` needs no solver, and no study what another needs."""

_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Loaded",
    "PlanExport",
    "Roll",
    "Run",
    "SeriesImport",
    "SolverOptions",
    "StopSignal",
    "WorkImport",
    "alternatives",
    "audit_folder",
    "chosen_options",
    "compare",
    "configured_options",
    "decide",
    "diagnose",
    "explain",
    "export",
    "export_plan",
    "frontier",
    "import_series",
    "import_work",
    "load",
    "open",
    "open_frontier",
    "open_plan",
    "plan_loaded",
    "policy_of",
    "ranging",
    "roll",
    "shares",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name in _ROOM_OF:
        return getattr(import_module(_ROOM_OF[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

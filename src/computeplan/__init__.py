"""Exact planning of computing work over sites and time.

>>> import computeplan
>>> run = computeplan.solve("quickstart.yaml")  # doctest: +SKIP
>>> run.plan.status, run.plan.solution.accounts.cost.total  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP

`load` reads and checks a config, `solve` plans it; `sweep`, `frontier` and `ranging` study it; `open_plan`
and `open_frontier` open what was saved. They are imported when they are first used, so that
``import computeplan`` and ``computeplan --help`` stay quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from computeplan.api import diagnose, load, solve
    from computeplan.archive import open_plan
    from computeplan.what_if import frontier, open_frontier, ranging, sweep

__all__ = [
    "__version__",
    "diagnose",
    "frontier",
    "load",
    "open_frontier",
    "open_plan",
    "ranging",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name in {"diagnose", "load", "solve"}:
        from computeplan import api

        return getattr(api, name)
    if name == "open_plan":
        from computeplan.archive import open_plan

        return open_plan
    if name in {"frontier", "open_frontier", "ranging", "sweep"}:
        from computeplan import what_if

        return getattr(what_if, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("computeplan")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

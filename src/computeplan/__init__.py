"""Exact planning of computing work over sites and time.

>>> import computeplan
>>> run = computeplan.solve("quickstart.yaml")  # doctest: +SKIP
>>> run.status, run.cost.total, run.emissions.market  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP

`load` reads and checks a config, `solve` plans it, `explain`, `compare` and `report` say what the plan is;
`sweep`, `frontier` and `ranging` study it, `export` writes its program, `open` opens what was saved. All
errors are `ComputeplanError`, whose fields say what is wrong.
Everything is imported when it is first used, so that ``import computeplan`` and ``computeplan --help`` stay
quick.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # as of `typing`, whose import would take most of the time of this one
if TYPE_CHECKING:
    from computeplan.api import (
        Loaded,
        Run,
        SolverOptions,
        StopSignal,
        compare,
        diagnose,
        explain,
        export,
        frontier,
        load,
        open,  # noqa: A004 - named as what it does
        open_frontier,
        open_plan,
        ranging,
        shares,
        solve,
        sweep,
    )
    from computeplan.errors import (
        AuditError,
        ComputeplanError,
        ConfigError,
        MemoryLimitError,
        PlanFolderError,
        SolverError,
        UsageError,
    )
    from computeplan.report.html import write_report as report
    from computeplan.vocabulary import CarbonBasis, Language, Policy, SubjectKind

_ERRORS = frozenset(
    {
        "AuditError",
        "ComputeplanError",
        "ConfigError",
        "MemoryLimitError",
        "PlanFolderError",
        "SolverError",
        "UsageError",
    }
)

_ROOMS = {"explain": "computeplan.api:explain", "report": "computeplan.report.html:write_report"}
"""Packages of the same name as a function: to call the package is to call the function."""


class _CallableRoom(ModuleType):
    def __call__(self, *args: object, **named: object) -> object:
        from importlib import import_module

        module, function = _ROOMS[self.__name__.rpartition(".")[2]].split(":")
        return getattr(import_module(module), function)(*args, **named)


class _Door(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        """Make packages callable that are named as functions are, when Python has imported them."""
        if name in _ROOMS and type(value) is ModuleType:
            value.__class__ = _CallableRoom
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door

_WORDS = frozenset({"CarbonBasis", "Language", "Policy", "SubjectKind"})

__all__ = [
    "AuditError",
    "CarbonBasis",
    "ComputeplanError",
    "ConfigError",
    "Language",
    "Loaded",
    "MemoryLimitError",
    "PlanFolderError",
    "Policy",
    "Run",
    "SolverError",
    "SolverOptions",
    "StopSignal",
    "SubjectKind",
    "UsageError",
    "__version__",
    "compare",
    "diagnose",
    "explain",
    "export",
    "frontier",
    "load",
    "open",
    "open_frontier",
    "open_plan",
    "ranging",
    "report",
    "shares",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("computeplan")
    if name in _ERRORS:
        from computeplan import errors

        return getattr(errors, name)
    if name in _WORDS:
        from computeplan import vocabulary

        return getattr(vocabulary, name)
    if name in _ROOMS:
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    if name in __all__:
        from computeplan.memory import require_libraries

        require_libraries()
        from computeplan import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

"""Exact planning of computing work over sites and time.

>>> import computeplan
>>> run = computeplan.solve("quickstart.yaml")  # doctest: +SKIP
>>> run.status, run.cost.total, run.emissions.market  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP

`load` reads and checks a config, `solve` plans it, `decide` plans one whose scenarios may all come;
`explain`, `compare` and `report` say what the plan is; `sweep`, `frontier`, `ranging` and `alternatives`
study it, `open` opens what was saved; `export_plan` writes a plan for the systems that run it, `export` the
program of a config for other solvers;
`import_series` and `import_work` make series and workloads out of files of other systems. All errors are
`ComputeplanError`, whose fields say what is wrong.
Everything is imported when it is first used, so that ``import computeplan`` and ``computeplan --help`` stay
quick.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as of `typing`, whose import would take most of the time of this one
if TYPE_CHECKING:
    from computeplan.api import (
        Loaded,
        PlanExport,
        Roll,
        Run,
        SeriesImport,
        SolverOptions,
        StopSignal,
        WorkImport,
        alternatives,
        compare,
        decide,
        diagnose,
        explain,
        export,
        export_plan,
        frontier,
        import_series,
        import_work,
        load,
        open,  # noqa: A004 - named as what it does
        open_frontier,
        open_plan,
        ranging,
        roll,
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
        SourceError,
        UsageError,
    )
    from computeplan.reports.html import write_report as report
    from computeplan.vocabulary import CarbonBasis, Language, Policy, SubjectKind, System

_WORDS = frozenset({"CarbonBasis", "Language", "Policy", "SubjectKind", "System"})

__all__ = [
    "AuditError",
    "CarbonBasis",
    "ComputeplanError",
    "ConfigError",
    "Language",
    "Loaded",
    "MemoryLimitError",
    "PlanExport",
    "PlanFolderError",
    "Policy",
    "Roll",
    "Run",
    "SeriesImport",
    "SolverError",
    "SolverOptions",
    "SourceError",
    "StopSignal",
    "SubjectKind",
    "System",
    "UsageError",
    "WorkImport",
    "__version__",
    "alternatives",
    "compare",
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
    "ranging",
    "report",
    "roll",
    "shares",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("computeplan")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.endswith("Error"):
        from computeplan import errors

        return getattr(errors, name)
    if name in _WORDS:
        from computeplan import vocabulary

        return getattr(vocabulary, name)
    from computeplan.memory import require_libraries

    require_libraries()
    if name == "report":
        from computeplan.reports.html import write_report

        return write_report
    from computeplan import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return __all__

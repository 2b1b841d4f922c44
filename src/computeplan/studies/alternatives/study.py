"""What plans within a cost can differ in: ranges of measures, and plans as different as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.explanations import Reason
from computeplan.folder.contents import ALTERNATIVES, SUMMARY
from computeplan.folder.summary import number
from computeplan.folder.tables import table_files
from computeplan.folder.write import json_bytes, write_folder
from computeplan.problem import Goal, PlanMeasure, Problem, Status, find_measures
from computeplan.solvers.plan import Plan, Solution
from computeplan.studies.alternatives.ranges import find_spans
from computeplan.studies.alternatives.search import Prober
from computeplan.studies.alternatives.span import Alternative, Span
from computeplan.studies.alternatives.spread import spread_plans
from computeplan.text import counted, expected_one_of

if TYPE_CHECKING:
    import polars as pl


TOLERANCE = 0.01
"""Share of a range up to which both its ends are proved by default."""


@dataclass(frozen=True, eq=False)
class AlternativesStudy:
    """What plans within a cost can differ in."""

    name: str
    currency: str
    status: Status
    """Of the optimum."""
    within: float
    """Share of the optimum by which plans may cost more."""
    tolerance: float
    objective: float | None
    """Of the optimum, carbon at its price included; absent without a plan."""
    bound: float | None
    whole_numbers: bool
    """Whether some decisions are whole numbers, so that a mix of two plans is no plan."""
    spans: tuple[Span, ...]
    plans: tuple[Alternative, ...]
    solves: int
    notes: tuple[str, ...] = ()
    """Why there is no plan to compare with."""
    reasons: tuple[Reason, ...] = ()
    """Why there is no plan, as far as simple conditions show it."""
    kept: Callable[[], Iterable[tuple[str, bytes]]] = tuple
    """Returns what a folder keeps: the config, its inputs and a plan folder of each plan."""
    provenance: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"AlternativesStudy({self.name}: {counted(len(self.spans), 'measure')}, {self.status})"

    @checked
    def of(self, measure: str) -> Span:
        """Return the range of a measure; raise `UsageError` if it was not asked for."""
        found = {span.measure: span for span in self.spans}
        if measure not in found:
            raise UsageError(path="measure", **expected_one_of(found, measure))
        return found[measure]

    @property
    def certified(self) -> bool:
        """Whether every end is proved to the tolerance."""
        return all(span.gap is not None and span.gap <= self.tolerance for span in self.spans)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``ranges`` and, where asked for, ``plans``, frames by name."""
        import polars as pl

        rows = {"ranges": [_span_row(span) for span in self.spans], "plans": self._plan_rows()}
        return {name: pl.DataFrame(found) for name, found in rows.items() if found}

    def summary(self) -> dict[str, object]:
        """Summarize the study in one object, ready for JSON."""
        return {
            "name": self.name,
            "currency": self.currency,
            "status": self.status.value,
            "within": self.within,
            "tolerance": self.tolerance,
            "objective": self.objective,
            "bound": self.bound,
            "whole_numbers": self.whole_numbers,
            "certified": self.certified,
            "solves": self.solves,
            "ranges": [_span_row(span) for span in self.spans],
            "plans": self._plan_rows(),
            "reasons": [reason.data() for reason in self.reasons],
            "notes": list(self.notes),
        }

    def _plan_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "plan": index,
                "objective": _solution(each.plan).accounts.objective,
                "excess": each.excess,
                "elsewhere": each.elsewhere,
                **{f"unit_h at {site}": work for site, work in each.site_work_unit_h.items()},
            }
            for index, each in enumerate(self.plans)
        ]

    @checked
    def save(self, folder: str | Path) -> None:
        """Write the study's folder, whole or not at all; its plans are folders of their own, see `Run.save`.

        Raises `PlanFolderError` if it cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), dict(self.provenance), ALTERNATIVES)

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield from self.kept()
        yield SUMMARY, json_bytes(self.summary())
        yield from table_files(self.tables())


def study_alternatives(
    prober: Prober,
    measures: Sequence[PlanMeasure],
    here: Solution | None,
    *,
    within: float,
    tolerance: float,
    count: int,
) -> AlternativesStudy:
    """Range measures and find plans that differ; `here`: the plan in hand, by default the optimum."""
    problem, first = prober.problem, prober.first
    study = AlternativesStudy(
        name=problem.name,
        currency=problem.currency,
        status=first.status,
        within=within,
        tolerance=tolerance,
        objective=None,
        bound=None,
        whole_numbers=problem.has_integers,
        spans=(),
        plans=(),
        solves=prober.solves,
        notes=first.solution.audit.notes if first.solution else (),
    )
    if first.solution is None or not first.solution.audit.passed:
        return study
    asked = {measure.name for measure in measures}
    spreading = find_measures(problem, ["work:*"]) if count > 1 else ()
    ranged = [*measures, *(each for each in spreading if each.name not in asked)]
    found = list(find_spans(prober, ranged, here or first.solution, within, tolerance))
    ends = [end for _, both in found for end in both]
    plans = tuple(spread_plans(prober, ends, count))
    return replace(
        study,
        objective=prober.objective,
        bound=first.solution.audit.bound,
        spans=tuple(span for span, _ in found if span.measure in asked),
        plans=plans,
        solves=prober.solves,
    )


def check_request(problem: Problem, within: float, tolerance: float, count: int) -> None:
    """Check what is asked for before anything is solved; raise `UsageError` where it makes no sense."""
    if not (isfinite(within) and within >= 0):
        raise UsageError(path="within", expected="a share of at least 0, such as 0.02", found=f"{within:g}")
    if not 0 < tolerance < 1:
        raise UsageError(path="tolerance", expected="a share between 0 and 1", found=f"{tolerance:g}")
    if count < 0:
        raise UsageError(path="count", expected="a number of plans, 0 for none", found=str(count))
    if problem.objective.goal is not Goal.COST:
        raise UsageError(
            path="objective.minimize",
            expected="cost: alternatives are plans of nearly the least cost",
            found=str(problem.objective.goal),
            hint="--set objective.minimize=cost",
        )


def _span_row(span: Span) -> dict[str, Any]:
    row = asdict(span)
    row["freedom"] = None if span.freedom is None else span.freedom.value
    row["notes"] = "; ".join(span.notes)
    return {**row, "gap": None if span.gap is None else number(span.gap)}


def _solution(plan: Plan) -> Solution:
    if plan.solution is None:
        raise ValueError("a problem without a plan has no alternatives")
    return plan.solution

"""Finds the thing of a plan that a name means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from computeplan.errors import UsageError
from computeplan.explanations.part import find_period
from computeplan.explanations.wording import moment
from computeplan.problem import Problem
from computeplan.text import did_you_mean
from computeplan.vocabulary import SubjectKind


@dataclass(frozen=True)
class Subject:
    """One thing of a plan."""

    kind: SubjectKind
    index: int
    """Among the things of its kind."""


def find_subject(problem: Problem, name: str, kind: SubjectKind | None = None) -> Subject:
    """Find a thing by its name, or an hour by its time.

    Raises
    ------
    UsageError
        If nothing has that name, or different things do.
    """
    names: dict[SubjectKind, Sequence[str]] = {
        SubjectKind.WORKLOAD: problem.workloads.names,
        SubjectKind.COMPANY: problem.companies.names,
        SubjectKind.SITE: problem.sites.names,
        SubjectKind.POOL: problem.pools.names,
        SubjectKind.CONTRACT: problem.contracts.names,
        SubjectKind.LINK: problem.network.link_names,
    }
    period = find_period(problem.horizon, name) if kind in {None, SubjectKind.HOUR} else None
    if period is not None and not any(name in among for among in names.values()):
        return Subject(SubjectKind.HOUR, period)
    looked_at = {one: among for one, among in names.items() if kind in (None, one)}
    found = [Subject(one, among.index(name)) for one, among in looked_at.items() if name in among]
    if len(found) == 1 or _is_a_company_of_one(problem, found):
        return found[0]
    if found:
        kinds = " and a ".join(subject.kind for subject in found)
        raise UsageError(
            f"{name!r} is a {kinds}",
            path=name,
            hint=f"--as {found[0].kind} or --as {found[1].kind} says which",
        )
    known = list(dict.fromkeys(known for among in looked_at.values() for known in among))
    directions = [link for link in known if link.startswith(f"{name}, ")]
    hint = f"one direction, {' or '.join(map(repr, directions))}" if directions else did_you_mean(name, known)
    hour = f"a time of the horizon, such as {moment(problem.horizon, 0)}"
    *others, last = looked_at or {SubjectKind.HOUR: ()}
    things = f"{', '.join(others)} or {last}" if others else last
    expected = hour if kind is SubjectKind.HOUR else f"the name of a {things}"
    expected += f", or {hour}" if kind is None else ""
    raise UsageError(expected=expected, found=repr(name), hint=hint)


def _is_a_company_of_one(problem: Problem, found: Sequence[Subject]) -> bool:
    """Whether these are a workload and the company that stands for it alone: the same thing."""
    if [subject.kind for subject in found] != [SubjectKind.WORKLOAD, SubjectKind.COMPANY]:
        return False
    own = problem.workloads.company == found[1].index
    return int(own.sum()) == 1 and bool(own[found[0].index])

"""What a name in a plan stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from computeplan.config.words import did_you_mean
from computeplan.errors import UsageError
from computeplan.problem import Problem


class Kind(StrEnum):
    """What can be explained."""

    WORKLOAD = "workload"
    COMPANY = "company"
    SITE = "site"


@dataclass(frozen=True)
class Subject:
    """One thing of a plan.

    Attributes
    ----------
    kind : Kind
    index : int
        Among the things of its kind.
    """

    kind: Kind
    index: int


def find_subject(problem: Problem, name: str, kind: Kind | None = None) -> Subject:
    """Find a workload, company or site by its name.

    Parameters
    ----------
    problem : Problem
    name : str
    kind : Kind, optional
        Only look among these.

    Returns
    -------
    Subject

    Raises
    ------
    UsageError
        If nothing has that name, or different things do.
    """
    names: dict[Kind, Sequence[str]] = {
        Kind.WORKLOAD: problem.workloads.names,
        Kind.COMPANY: problem.companies.names,
        Kind.SITE: problem.sites.names,
    }
    looked_at = {one: among for one, among in names.items() if kind in (None, one)}
    found = [Subject(one, among.index(name)) for one, among in looked_at.items() if name in among]
    if len(found) == 1 or _is_a_company_of_one(problem, found):
        return found[0]
    if found:
        kinds = " and a ".join(subject.kind for subject in found)
        raise UsageError(f"{name!r} is a {kinds}; --as {found[0].kind} or --as {found[1].kind} says which")
    hint = did_you_mean(name, [known for among in looked_at.values() for known in among])
    expected = f"the name of a {' or '.join(looked_at)}"
    raise UsageError(f"expected {expected}, got {name!r}" + (f"; {hint}" if hint else ""))


def _is_a_company_of_one(problem: Problem, found: Sequence[Subject]) -> bool:
    """Whether these are a workload and the company that stands for it alone: the same thing."""
    if [subject.kind for subject in found] != [Kind.WORKLOAD, Kind.COMPANY]:
        return False
    own = problem.workloads.company == found[1].index
    return int(own.sum()) == 1 and bool(own[found[0].index])

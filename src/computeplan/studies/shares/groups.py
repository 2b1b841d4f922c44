"""Who is billed together: companies, tiers, or any grouping of companies."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from computeplan.errors import UsageError
from computeplan.files import read_file
from computeplan.problem import Bools, Floats, Ints, Problem, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.text import did_you_mean, some_names

COMPANY, TIER = "company", "tier"
OTHERS = "others"
"""Group of the companies that are not among the largest; `all others` where one of these has this name."""
NO_TIER = "no tier"


@dataclass(frozen=True, eq=False)
class Groups(ReadOnlyArrays):
    """Groups of companies that have work, in the config's order."""

    by: str
    names: tuple[str, ...]
    of_company: Ints
    """(companies,) group of each company; −1 where it has no workload."""
    of_workload: Ints
    """(W,)"""

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.names)


Grouping = str | Path | Mapping[str, str]
"""``company``, ``tier``, a CSV file with the columns ``company`` and ``group``, or each company's group."""


def make_groups(
    problem: Problem, by: Grouping = TIER, largest: int | None = None, work_unit_h: Floats | None = None
) -> Groups:
    """Group the companies that have workloads.

    Parameters
    ----------
    largest : int, optional
        Groups that keep their name, those with most work; all others are one.
    work_unit_h : (companies,), optional
        Work of each company, by which the largest are chosen.

    Raises
    ------
    UsageError
        If a company has no group, or one of the grouping is not in the plan.
    """
    companies = problem.companies
    title, named = _group_names(problem, by)
    has_work = np.bincount(problem.workloads.company, minlength=companies.size) > 0
    if largest is not None:
        named = _keep_largest(named, has_work if work_unit_h is None else work_unit_h, largest)
    names = tuple(dict.fromkeys(name for name, works in zip(named, has_work, strict=True) if works))
    place = {name: number for number, name in enumerate(names)}
    of_company = np.array(
        [place[name] if works else -1 for name, works in zip(named, has_work, strict=True)], dtype=np.int64
    )
    return Groups(title, names, of_company, of_company[problem.workloads.company])


def _group_names(problem: Problem, by: Grouping) -> tuple[str, list[str]]:
    """Name the grouping, and the group of each company."""
    companies = problem.companies
    if isinstance(by, Mapping):
        return "groups", _mapped(companies.names, by, "by")
    if str(by) == COMPANY:
        return COMPANY, list(companies.names)
    if str(by) == TIER:
        return TIER, [tier or NO_TIER for tier in companies.tiers]
    if Path(by).suffix.lower() != ".csv":
        raise UsageError(
            path="--by",
            expected=f"{COMPANY}, {TIER} or a .csv file with the columns company and group",
            found=by,
        )
    return Path(by).name, _mapped(companies.names, _read_groups(Path(by)), str(by))


def _read_groups(path: Path) -> dict[str, str]:
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(path=path, expected="text in UTF-8", found="something else") from None
    groups: dict[str, str] = {}
    for line, row in _rows_of(text, path):
        company, group = (row[COMPANY] or "").strip(), (row["group"] or "").strip()
        if not company or not group:
            raise UsageError(path=f"{path}:{line}", expected="a company and its group", found="an empty cell")
        if groups.setdefault(company, group) != group:
            found = f"{groups[company]!r} and {group!r}"
            raise UsageError(path=f"{path}:{line}", expected=f"one group of {company!r}", found=found)
    return groups


def _rows_of(text: str, path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read the rows, each with the number of its line."""
    table = csv.DictReader(StringIO(text, newline=None))
    try:
        columns = table.fieldnames or ()
        rows = [(table.line_num, row) for row in table]
    except csv.Error as error:
        place = f"{path}:{table.line_num + 1}"
        raise UsageError(path=place, expected="a row of CSV", found=str(error)) from None
    if not {COMPANY, "group"} <= set(columns):
        found = ", ".join(columns) or "none"
        raise UsageError(path=path, expected="the columns company and group", found=found)
    return rows


def _mapped(names: tuple[str, ...], groups: Mapping[str, str], path: str) -> list[str]:
    unknown = [company for company in groups if company not in set(names)]
    if unknown:
        hint = did_you_mean(unknown[0], names)
        raise UsageError(path=path, expected="companies of the plan", found=some_names(unknown), hint=hint)
    missing = [company for company in names if company not in groups]
    if missing:
        raise UsageError(
            path=path, expected="a group of every company", found=f"none of {some_names(missing)}"
        )
    return [str(groups[company]) for company in names]


def _keep_largest(named: list[str], work_unit_h: Floats | Bools, largest: int) -> list[str]:
    """Put all groups but those with most work into one."""
    if largest < 1:
        raise UsageError(path="--largest", expected="at least 1 group", found=largest)
    distinct, group = np.unique(np.array(named, dtype=object).astype(str), return_inverse=True)
    work = sum_by(group.reshape(-1), work_unit_h.astype(np.float64), len(distinct))
    kept = {str(distinct[place]) for place in np.argsort(-work, kind="stable")[:largest].tolist()}
    rest = OTHERS
    while rest in kept:
        rest = f"all {rest}"
    return [name if name in kept else rest for name in named]

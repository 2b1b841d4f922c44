"""Workloads of one source as columns, with one entry a workload."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from computeplan.problem import Bools, Floats, Ints

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Coded(Generic[Scalar]):
    """A column whose entries are rows of a small table: (k, m) distinct entries, and the (n,) row of each."""

    rows: npt.NDArray[Scalar]
    index: Ints

    @classmethod
    def of(cls, rows: Iterable[npt.NDArray[Scalar]], index: Ints | None = None) -> Coded[Scalar]:
        """Merge equal rows of at least one, in order of first appearance.

        `index` (n,): row of each workload; by default each has its own.
        """
        codes: dict[bytes, int] = {}
        kept: list[npt.NDArray[Scalar]] = []
        code: list[int] = []
        for row in rows:
            code.append(codes.setdefault(row.tobytes(), len(codes)))
            if code[-1] == len(kept):
                kept.append(row)
        merged = np.array(code, np.int64)
        return cls(np.stack(kept), merged if index is None else merged[index])


@dataclass(frozen=True, eq=False)
class Jobs:
    """Which workloads are jobs, and their columns; 0 for demands, whose rate has no limit."""

    is_job: Bools
    volume_unit_h: Floats
    release_h: Floats
    deadline_h: Floats
    max_rate: Floats
    runs_through: Bools


@dataclass(frozen=True, eq=False)
class WorkloadArrays(Jobs):
    """Workloads of one source; units and meaning are those of `Workloads` and `Needs`.

    `labels, residency, unit_cost, profile`: over labels, zones, sites and periods.
    """

    path: str
    names: tuple[str, ...]
    company_names: tuple[str, ...]
    tiers: tuple[str, ...]
    """Companies of this source, in order of first appearance, and their tiers."""
    company: Ints
    """(n,) index into `company_names`."""
    zone: Ints
    kind: Ints
    labels: Coded[np.bool_]
    security: Floats
    residency: Coded[np.bool_]
    max_latency_ms: Floats
    traffic_gb_per_unit_h: Floats
    unit_cost: Coded[np.float64]
    is_fixed: Bools
    is_whole: Bools
    profile: Coded[np.float64]
    scale: Floats
    max_delay_h: Floats
    data_gb: Floats
    shortfall_price: Floats
    move_price: Floats
    """(n,) inf where the config's default holds."""


def stack(sources: Sequence[WorkloadArrays]) -> WorkloadArrays:
    """Append the workloads of all sources, at least one, to each other.

    A company that several sources name is one company; its tier is the first given.
    """
    companies: dict[str, int] = {}
    tiers: dict[str, str] = {}
    codes = []
    for source in sources:
        own = [companies.setdefault(name, len(companies)) for name in source.company_names]
        codes.append(np.array(own, np.int64)[source.company])
        for name, tier in zip(source.company_names, source.tiers, strict=True):
            tiers[name] = tiers.get(name) or tier
    stacked: dict[str, Any] = {
        field.name: _stack_column([getattr(source, field.name) for source in sources])
        for field in fields(WorkloadArrays)
        if field.name not in ("path", "names", "company_names", "tiers", "company")
    }
    return WorkloadArrays(
        path="",
        names=tuple(name for source in sources for name in source.names),
        company_names=tuple(companies),
        tiers=tuple(tiers.values()),
        company=np.concatenate(codes),
        **stacked,
    )


def _stack_column(parts: list[Any]) -> Any:
    if not isinstance(parts[0], Coded):
        return np.concatenate(parts)
    before = np.cumsum([0, *(len(part.rows) for part in parts)])
    index = np.concatenate([part.index + start for part, start in zip(parts, before, strict=False)])
    return Coded.of(chain.from_iterable(part.rows for part in parts), index)

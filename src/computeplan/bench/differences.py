"""What else differs between two measurements, so that their times may not be comparable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from computeplan.bench.summary import Summary

MACHINE = ("processor", "cores", "memory_gb", "system")
PROTOCOL = ("threads", "time_limit_s", "repeats", "scenario", "set")
"""What is compared of machine and protocol; all of the versions are."""


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say where code, machine, versions and settings differ, and which machine was busy.

    Parameters
    ----------
    old, new : mapping
        Origins of two files of results.
    """
    versions = sorted({*old["versions"], *new["versions"]})
    return [
        *_changed("commit", _commit(old["commit"]), _commit(new["commit"])),
        *_differing(old["machine"], new["machine"], MACHINE),
        *_differing(old["versions"], new["versions"], versions),
        *_differing(old["protocol"], new["protocol"], PROTOCOL),
        *_busy("old", old["machine"]),
        *_busy("new", new["machine"]),
    ]


def solver_differences(old: Iterable[Summary], new: Iterable[Summary]) -> list[str]:
    """Say which solvers are of another version.

    Parameters
    ----------
    old, new : iterable of Summary
    """
    before, after = _versions(old), _versions(new)
    both = [solver for solver in before if solver in after]
    return [text for s in both for text in _changed(f"solver {s}", before[s], after[s])]


def _versions(summaries: Iterable[Summary]) -> dict[str, str]:
    return {summary.solver: summary.solver_version for summary in summaries if summary.solver_version}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from _changed(name, _word(old.get(name)), _word(new.get(name)))


def _changed(name: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"{name}: {old} → {new}"


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _commit(commit: Mapping[str, Any] | None) -> str:
    if commit is None:
        return "none"
    return f"{commit['hash'][:12]}{' and changes' if commit['changed'] else ''}"


def _busy(name: str, machine: Mapping[str, Any]) -> Iterator[str]:
    if machine["load"] > (machine["cores"] or 1) / 2:
        yield f"the machine was busy when the {name} results began: load {machine['load']}"

"""What a shell completes: scenarios and paths of a config, names in a plan.

A file that cannot be read completes nothing.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import typer

MOST = 200
"""Names offered at once; more letters make them fewer."""

Completion = Callable[[typer.Context, str], list[str]]


def _quiet(offer: Callable[[typer.Context, str], Iterable[str]]) -> Completion:
    """Offer nothing where a file is missing or wrong: the command itself says what is."""

    @functools.wraps(offer)
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            offered = (word for word in offer(ctx, incomplete) if word.startswith(incomplete))
            return list(islice(dict.fromkeys(offered), MOST))
        except Exception:  # noqa: BLE001 - a traceback in the middle of a command being typed helps nobody
            return []

    return complete


@_quiet
def scenarios(ctx: typer.Context, incomplete: str) -> Iterable[str]:  # noqa: ARG001 - as a shell asks
    """Offer the scenarios of the config."""
    return list(_data(ctx).get("scenarios") or {})


@_quiet
def listed_scenarios(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Offer one more scenario for a list."""
    before = incomplete[: incomplete.rfind(",") + 1]
    return (before + name for name in ["base", "all", *(_data(ctx).get("scenarios") or {})])


@_quiet
def settings(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Offer the next step of the path of a value to set."""
    return (step if step.endswith(".") else f"{step}=" for step in _steps(_data(ctx), incomplete))


@_quiet
def paths(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Offer the next step of the path of a number."""
    return _steps(_data(ctx), incomplete)


def _steps(data: dict[str, Any], incomplete: str) -> Iterator[str]:
    """Give the keys at the place of a path, those that are there and those that could be."""
    from computeplan.config.json_schema import known_keys
    from computeplan.config.yaml.places import value_at

    home = incomplete.rpartition(".")[0]
    keys = tuple(home.split(".")) if home else ()
    here = value_at(data, keys) if keys else data
    there = here if isinstance(here, dict) else {}
    for key in dict.fromkeys([*there, *known_keys(keys, data)]):
        path = f"{home}.{key}" if home else str(key)
        yield f"{path}." if isinstance(there.get(key), dict) else path


@_quiet
def names(ctx: typer.Context, incomplete: str) -> Iterator[str]:  # noqa: ARG001 - as a shell asks
    """Offer the names of a plan's sites, pools, contracts, links, companies and workloads."""
    folder = Path(_first_argument(ctx))
    data = _read(folder / "config.yaml")
    for site, entry in (data.get("sites") or {}).items():
        yield site
        yield from (f"{site}/{name}" for part in ("pools", "contracts") for name in entry.get(part) or {})
    yield from (data.get("network") or {}).get("links") or {}
    with (folder / "tables" / "workloads.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield from (row["company"], row["workload"])


def _first_argument(ctx: typer.Context) -> str:
    """Give the config or folder that was typed; where an option has no value yet, nothing was read."""
    arguments = [each.name for each in ctx.command.params if each.param_type_name == "argument"]
    read = [str(ctx.params[name]) for name in arguments if name and ctx.params.get(name) is not None]
    return [*read, *ctx.args][0]


def _data(ctx: typer.Context) -> dict[str, Any]:
    return _read(Path(_first_argument(ctx)))


def _read(path: Path) -> dict[str, Any]:
    from computeplan.config.yaml.source import read_document

    data = read_document(path).data
    return data if isinstance(data, dict) else {}

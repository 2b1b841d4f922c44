"""A small config whose parts a test replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from computeplan.config.resolve import Resolved, to_problem
from computeplan.config.schema import Config

BASE = """
name: base
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 24}
zones: {here: {}}
hardware: {gpu: {}}
sites: {site: {zone: here, pools: {gpu: {hardware: gpu, term: owned, units: 10}}}}
workloads: {work: {zone: here, demand: 1}}
"""


def resolve(changes: str = "", folder: Path = Path("nowhere")) -> Resolved:
    """Resolve the base config with changes laid over it; null removes a key."""
    data = merged(yaml.safe_load(BASE), yaml.safe_load(changes) or {})
    return to_problem(Config.model_validate(data, context={"currency": "CNY"}), folder)


def merged(base: Any, changes: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    both = {key: merged(base.get(key), value) for key, value in changes.items()}
    return {key: value for key, value in (base | both).items() if value is not None}


def price_of(form: str, changes: str = "", folder: Path = Path("nowhere")) -> np.ndarray:
    """Values of a series, read as the grid price of the only site."""
    both = merged(
        yaml.safe_load(changes) or {}, {"sites": {"site": {"grid": {"price": yaml.safe_load(form)}}}}
    )
    return resolve(yaml.safe_dump(both, sort_keys=False), folder).problem.grid.price[0]

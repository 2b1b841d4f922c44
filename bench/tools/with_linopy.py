"""The problem in linopy: by an LP file, its default, or by its direct way."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import linopy
import measured
import pandas as pd
import xarray as xr
from instance import Instance


def build(data: Instance) -> linopy.Model:
    company, site, hour = (
        pd.RangeIndex(n, name=name) for n, name in zip(data.shape, ("company", "site", "hour"), strict=True)
    )
    work_cost = xr.DataArray(data.work_cost, (company, site))
    load_cost, kg, capacity = (
        xr.DataArray(values, (site, hour)) for values in (data.load_cost, data.load_kg, data.capacity)
    )
    model = linopy.Model()
    x = model.add_variables(lower=0, coords=(company, site, hour), name="x")
    load = model.add_variables(lower=0, upper=capacity, name="load")
    model.add_constraints(x.sum("site") == xr.DataArray(data.demand, (company, hour)), name="demand")
    model.add_constraints(x.sum("company") - load == 0, name="load")
    if data.is_capped:
        model.add_constraints((kg * load).sum() <= data.carbon_cap, name="carbon")
    model.add_objective((work_cost * x).sum() + (load_cost * load).sum())
    return model


def by_file(model: linopy.Model) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.lp"
        model.to_file(path, progress=False)
        highs = measured.silent_highs()
        highs.readModel(str(path))
    return highs


def direct(model: linopy.Model) -> Any:
    highs = model.to_highspy()
    highs.setOptionValue("output_flag", False)
    return highs


if __name__ == "__main__":
    measured.main({"idiomatic": (build, by_file), "fast": (build, direct)})

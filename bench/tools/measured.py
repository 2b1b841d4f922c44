"""What all scripts share: the clock, the solver's run and the line of JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import instance
import numpy as np
from instance import Instance

Build = Callable[[Instance], Any]
HandOver = Callable[[Any], Any]


def main(forms: dict[str, tuple[Build, HandOver]]) -> None:
    """Measure ``FORM FILE METHOD``: build, hand over and solve; the method `build` leaves the last out."""
    form, path, method = sys.argv[1:]
    build, hand_over = forms[form]
    data = instance.load(path)
    clock = [time.perf_counter()]
    model = build(data)
    clock.append(time.perf_counter())
    highs = hand_over(model)
    clock.append(time.perf_counter())
    result = {} if method == "build" else solve(highs, method)
    clock.append(time.perf_counter())
    seconds = dict(zip(("build", "hand_over", "solve"), np.diff(clock).tolist(), strict=True))
    lp = {"columns": highs.getNumCol(), "rows": highs.getNumRow(), "nonzeros": highs.getNumNz()}
    report(**seconds, total=clock[-1] - clock[0], **lp, **result)


def report(**fields: Any) -> None:
    """Print one line of JSON with the peak memory of this process, everything imported included."""
    line = {"objective": None, "status": "built", **fields, "peak_mb": peak_mb()}
    print(json.dumps(line), flush=True)


def peak_mb() -> float:
    """Peak memory since the program was loaded: `ru_maxrss` would count the parent before it."""
    status = Path("/proc/self/status")
    if status.exists():
        kb = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]
        return int(kb) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def solve(highs: Any, method: str) -> dict[str, Any]:
    """Run HiGHS in the same way whoever built the model."""
    highs.setOptionValue("solver", method)
    highs.run()
    status = highs.modelStatusToString(highs.getModelStatus())
    return {"objective": highs.getInfo().objective_function_value, "status": status}


def silent_highs() -> Any:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs


def pass_arrays(
    cost: np.ndarray,
    columns: tuple[np.ndarray, np.ndarray],
    rows: tuple[np.ndarray, np.ndarray],
    matrix: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Any:
    """Hand over bounds of columns and rows and a matrix by column (starts, rows, values)."""
    starts, index, values = matrix
    highs = silent_highs()
    highs.passModel(
        len(cost),
        len(rows[0]),
        len(index),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        *columns,
        *rows,
        starts.astype(np.int32, copy=False),
        index.astype(np.int32, copy=False),
        values,
        np.zeros(len(cost), np.int32),
    )
    return highs

"""Run one problem in every tool and write bench/RESULTS-tools.md and .json. The protocol is in README.md."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import child
import instance
import page
from ladder import LADDER, TINY, Rung, Variant, name
from page import Climbed

TOLERANCE = 1e-6


def climb(rung: Rung) -> Climbed:
    """Measure all variants of a rung in turn and check that they found the same optimum."""
    load = os.getloadavg()[0]
    runs: dict[Variant, list[dict[str, Any]]] = {variant: [] for variant in rung.variants}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.npz"
        instance.save(instance.make(rung.companies, rung.hours, rung.family), path)
        for turn in range(rung.runs):
            for variant, done in runs.items():
                # A limit that was met once is not waited for again.
                if turn == 0 or "total" in done[0]:
                    done.append(child.run(variant.tool, variant.form, path, rung.method(variant)))
                    print(rung.family, rung.companies, name(variant, rung), json.dumps(done[-1]), flush=True)
    check(rung, [run for done in runs.values() for run in done if "total" in run])
    return Climbed(rung, load, runs)


def check(rung: Rung, runs: list[dict[str, Any]]) -> None:
    """Stop unless every run that ended did what it was asked, to the same objective."""
    if not runs:
        sys.exit(f"{rung.title}: nothing ended within the limits")
    wanted = ("Optimal", "optimal, audited") if rung.solves else ("built",)
    strange = {run["status"] for run in runs} - set(wanted)
    if strange:
        sys.exit(f"{rung.title}: ended as {', '.join(sorted(strange))}")
    found = [run["objective"] for run in runs if rung.solves]
    if found and not math.isclose(min(found), max(found), rel_tol=TOLERANCE):
        sys.exit(f"{rung.title}: objectives differ, {min(found)} and {max(found)}")


def main() -> None:
    """Climb the ladder, or its first rungs only, to see that every tool works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="smallest size only; writes nothing")
    tiny, lines, ladder = parser.parse_args().tiny, page.head(), []
    for rung in TINY if tiny else LADDER:
        ladder.append(climb(rung))
        if not tiny:
            page.write(lines, ladder)


if __name__ == "__main__":
    main()

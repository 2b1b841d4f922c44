"""Run one problem in every tool and write bench/RESULTS-tools.md and .json. The protocol is in README.md."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import instance

HERE = Path(__file__).resolve().parent
BENCH = HERE.parent
sys.path.insert(0, str(BENCH))
import run as bench  # noqa: E402  the machine and the commit are told as in bench/run.py

TIME_LIMIT_S, MEMORY_LIMIT_GB, TOLERANCE = 120, 8, 1e-6
TOOLS = ("pulp", "linopy", "pyomo", "cvxpy")
BUILDING = ("build s", "hand over s", "× arrays")
COLUMNS = ("tool", *BUILDING, "solve s", "total s", "× arrays", "peak MB", "objective", "status")


@dataclass(frozen=True)
class Variant:
    """One way of writing the problem in one tool."""

    tool: str
    form: str

    @property
    def name(self) -> str:
        return f"{self.tool}, {self.form}"


BARE, PLANNED, UNMERGED = (
    Variant("arrays", "bare"),
    Variant("computeplan", "planned"),
    Variant("computeplan", "unmerged"),
)
EVERY = (BARE, UNMERGED, PLANNED, *(Variant(tool, form) for tool in TOOLS for form in ("fast", "idiomatic")))


@dataclass(frozen=True)
class Rung:
    """A size and family, who runs it and who also solves."""

    companies: int
    hours: int
    family: str
    variants: tuple[Variant, ...]
    solvers: tuple[Variant, ...]

    @property
    def title(self) -> str:
        n = self.companies * instance.SITES * self.hours
        size = f"{self.companies:,} companies × {instance.SITES} sites × {self.hours} h"
        return f"{n:,} allocation variables ({size}), family {self.family}"


TINY = tuple(Rung(42, 24, family, EVERY, EVERY) for family in "NA")
LADDER = (
    *TINY,
    *(Rung(60, 168, family, EVERY, EVERY) for family in "NA"),
    Rung(595, 168, "A", EVERY, (PLANNED,)),
    Rung(17_200, 168, "N", (PLANNED,), (PLANNED,)),
    Rung(17_200, 168, "A", (PLANNED,), (PLANNED,)),
    Rung(595, 168, "N", (BARE, PLANNED), (BARE, PLANNED)),
)


def python_of(tool: str) -> str:
    """Return the tool's interpreter; its environment is made on first use."""
    if tool not in TOOLS:
        return sys.executable
    folder, pins = HERE / ".venvs" / tool, HERE / "requirements" / f"{tool}.txt"
    stamp, python = folder / "pins.txt", folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        venv.create(folder, with_pip=True, clear=True)
        pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", pins)
        subprocess.run(pip, check=True)
        stamp.write_text(pins.read_text())
    return str(python)


def measure(variant: Variant, path: Path, *, solves: bool) -> dict[str, Any]:
    """Run one variant in a child process under the limits of time and memory."""
    script = str(HERE / f"with_{variant.tool}.py")
    command = [python_of(variant.tool), script, variant.form, str(path)]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command if solves else [*command, "build"],
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
            preexec_fn=_limit_memory,
        )
    except subprocess.TimeoutExpired:
        return {"status": f"over {TIME_LIMIT_S} s"}
    wall = time.perf_counter() - start
    if done.returncode:
        tail = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        memory = "MemoryError" in done.stderr or "bad_alloc" in done.stderr
        return {"status": f"over {MEMORY_LIMIT_GB} GB" if memory else f"failed: {tail[0][:80]}"}
    return {**json.loads(done.stdout.strip().splitlines()[-1]), "wall": wall}


def climb(rung: Rung) -> dict[Variant, dict[str, Any]]:
    """Measure all variants of a rung and check that they found the same optimum."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.npz"
        instance.save(instance.make(rung.companies, rung.hours, rung.family), path)
        for variant in rung.variants:
            results[variant] = measure(variant, path, solves=variant in rung.solvers)
            print(rung.family, rung.companies, variant.name, json.dumps(results[variant]), flush=True)
    found = [r["objective"] for r in results.values() if r.get("objective") is not None]
    if not math.isclose(min(found), max(found), rel_tol=TOLERANCE):
        sys.exit(f"{rung.title}: objectives differ, {min(found)} and {max(found)}")
    return results


def table(rung: Rung, results: dict[Variant, dict[str, Any]]) -> list[str]:
    """Return a rung's section of the page."""
    bare = results.get(BARE)
    lines = [
        f"## {rung.title}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * (len(COLUMNS) - 2)}---|",
    ]
    for variant, found in results.items():
        same_end = bare and (bare.get("objective") is None) == (found.get("objective") is None)
        cells = (
            variant.name,
            _number(found.get("build"), ".3f"),
            _number(found.get("hand_over"), ".3f"),
            _ratio(_model_s(found), bare and _model_s(bare)),
            _number(found.get("solve") if found.get("objective") is not None else None, ".2f"),
            _number(found.get("total"), ".2f"),
            _ratio(found.get("total"), bare.get("total") if bare and same_end else None),
            _number(found.get("peak_mb"), ",.0f"),
            _number(found.get("objective"), ".8g"),
            found["status"],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def head() -> list[str]:
    """Return the lines that say where the numbers come from."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    own = ", ".join(f"{name} {version(name)}" for name in ("computeplan", "highspy", "numpy"))
    pins = [
        line for tool in TOOLS for line in (HERE / "requirements" / f"{tool}.txt").read_text().splitlines()
    ]
    others = sorted(
        {pin.replace("==", " ") for pin in pins if pin.split("==")[0].lower() in (*TOOLS, "highspy")}
    )
    return [
        f"* Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {bench.commit()}",
        f"* {bench.processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.platform()}",
        f"* Load at the start: {os.getloadavg()[0]:.1f}",
        f"* Python {platform.python_version()}, {own}; {', '.join(others)}",
        f"* Limits of each run: {TIME_LIMIT_S} s, {MEMORY_LIMIT_GB} GB",
    ]


def write(lines: list[str], ladder: list[tuple[Rung, dict[Variant, dict[str, Any]]]]) -> None:
    """Write the page and the same numbers as JSON."""
    title = ["# The same problem in other tools", "", "Written by `make bench-tools`; the protocol is in"]
    title += ["[tools/README.md](tools/README.md).", "", *lines, ""]
    text = [*title, *(line for rung, results in ladder for line in table(rung, results))]
    (BENCH / "RESULTS-tools.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
    rungs = [
        {
            "companies": rung.companies,
            "sites": instance.SITES,
            "hours": rung.hours,
            "family": rung.family,
            "runs": [{**asdict(variant), **found} for variant, found in results.items()],
        }
        for rung, results in ladder
    ]
    page = json.dumps({"environment": lines, "rungs": rungs}, indent=1)
    (BENCH / "RESULTS-tools.json").write_text(page + "\n", encoding="utf-8")


def main() -> None:
    """Climb the ladder, or its first rungs only, to see that every tool works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="smallest size only; writes nothing")
    tiny, lines, ladder = parser.parse_args().tiny, head(), []
    for rung in TINY if tiny else LADDER:
        ladder.append((rung, climb(rung)))
        if not tiny:
            write(lines, ladder)


def _limit_memory() -> None:
    size = MEMORY_LIMIT_GB * 10**9
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _model_s(found: dict[str, Any]) -> float | None:
    parts = found.get("build"), found.get("hand_over")
    return None if None in parts else sum(parts)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _ratio(value: float | None, base: float | None) -> str:
    return "–" if not value or not base else f"{value / base:.3g}"


if __name__ == "__main__":
    main()

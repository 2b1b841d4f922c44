"""Measure the installed command and write bench/RESULTS.md. The protocol is in bench/README.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("computeplan", "highspy", "numpy", "polars", "pulp", "pydantic", "typer")
STAGES = ("read", "reduce", "build", "solve", "expand", "audit", "baseline", "write", "total")


@dataclass(frozen=True)
class Subject:
    """One command line and how often it is run; `{instances}` stands for the folder of made configs."""

    name: str
    arguments: tuple[str, ...]
    runs: int

    @property
    def solves(self) -> bool:
        return self.arguments[0] == "solve"

    @property
    def writes(self) -> bool:
        return self.arguments[0] in {"solve", "frontier"}

    def command(self, instances: Path) -> list[str]:
        """Return the words of the command line."""
        program = Path(sys.executable).parent / "computeplan"
        words = [word.format(instances=instances) for word in self.arguments]
        return [sys.executable, *words] if words[0].endswith(".py") else [str(program), *words]


@dataclass(frozen=True)
class Run:
    """What one child process took."""

    wall_s: float
    peak_mb: float
    output: str


SUBJECTS = (
    Subject("help", ("--help",), 10),
    Subject("quickstart", ("solve", "configs/quickstart.yaml", "--json"), 5),
    Subject("chongqing", ("solve", "configs/chongqing.yaml", "--json"), 3),
    Subject("capped-week", ("solve", "{instances}/capped-week.yaml", "--json", "--no-baseline"), 3),
    Subject("capped-year", ("solve", "{instances}/capped-year.yaml", "--json", "--no-baseline"), 1),
    Subject("million", ("solve", "{instances}/million.yaml", "--json", "--no-baseline"), 1),
    Subject("hundred-prices", ("bench/prices.py", "configs/chongqing.yaml"), 1),
    Subject("frontier", ("frontier", "configs/chongqing.yaml", "--tolerance", "0.1%", "--json"), 1),
)


def make_instances(folder: Path) -> None:
    """Write the configs that are not shipped, in a child: its memory would count as that of later ones."""
    subprocess.run([sys.executable, str(ROOT / "bench" / "instances.py"), str(folder)], check=True)


def measure(subject: Subject, instances: Path) -> Run:
    """Run the subject once in a child process of its own."""
    command = subject.command(instances)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as stdout:
        if subject.writes:
            command += ["--out", str(Path(folder) / "plan")]
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{' '.join(command)} ended with exit code {child.returncode}")
        stdout.seek(0)
        unit = 1e6 if sys.platform == "darwin" else 1e3
        return Run(wall_s, usage.ru_maxrss / unit, stdout.read())


def row(subject: Subject, runs: list[Run]) -> str:
    """Return the subject's line of the table of wall times."""
    walls = [run.wall_s for run in runs]
    times = f"{walls[len(walls) // 2]:.2f} | {walls[0]:.2f} | {walls[-1]:.2f}"
    return f"| {subject.name} | {len(runs)} | {times} | {max(run.peak_mb for run in runs):,.0f} |"


def stage_row(subject: Subject, run: Run) -> str:
    """Return the subject's line of the table of stages."""
    result = json.loads(run.output)
    times = " | ".join(f"{result['times_s'].get(stage, 0.0):.2f}" for stage in STAGES)
    size = ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in result["size"].items())
    return f"| {subject.name} | {times} | {result['status']}, gap {result['gap']:.1e} | {size} |"


def git(*arguments: str) -> str:
    """Return what git says, or nothing outside a repository."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607  git of the PATH is meant
    return done.stdout.strip()


def commit() -> str:
    """Return the commit that was measured, and whether files differ from it."""
    head = git("rev-parse", "HEAD") or "unknown"
    changed = git("status", "--porcelain", "--", "src", "configs", "pyproject.toml")
    return f"{head} with uncommitted changes" if changed else head


def processor() -> str:
    """Return the processor's name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def environment() -> list[str]:
    """Return the lines that say where the numbers come from."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"* Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}",
        f"* {processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.platform()}",
        f"* Load at the start: {os.getloadavg()[0]:.1f}",
        f"* Python {platform.python_version()}, {packages}",
    ]


def prices_line(run: Run) -> str:
    """Return what re-solving took beside one cold plan."""
    times = json.loads(run.output)["times_s"]
    return (
        f"A hundred carbon prices on chongqing, each audited: {times['hundred']:.1f} s, "
        f"{times['ratio']:.1f} times one cold plan ({times['cold']:.1f} s)."
    )


def frontier_line(run: Run, prices: Run) -> str:
    """Return what the frontier took beside the same cold plan."""
    cold_s = json.loads(prices.output)["times_s"]["cold"]
    found, wall_s = json.loads(run.output)["frontiers"][0], run.wall_s
    return (
        f"The cost-carbon frontier of chongqing: {wall_s:.1f} s, {wall_s / cold_s:.1f} times one cold plan; "
        f"{found['solves']} solves, gap {found['gap']:.1e} of the cost range."
    )


def main() -> None:
    """Measure every subject, then write the results."""
    head = environment()
    walls, stages, studies = [], [], {}
    with tempfile.TemporaryDirectory() as folder:
        make_instances(Path(folder))
        for subject in SUBJECTS:
            if subject.runs > 1:
                measure(subject, Path(folder))
            timed = (measure(subject, Path(folder)) for _ in range(subject.runs))
            runs = sorted(timed, key=lambda run: run.wall_s)
            walls.append(row(subject, runs))
            print(walls[-1], flush=True)
            if subject.solves:
                stages.append(stage_row(subject, runs[len(runs) // 2]))
            elif subject.name in {"hundred-prices", "frontier"}:
                studies[subject.name] = runs[0]
    prices, frontier = studies["hundred-prices"], studies["frontier"]
    write_results(head, walls, stages, [prices_line(prices), "", frontier_line(frontier, prices)])


def write_results(head: list[str], walls: list[str], stages: list[str], studies: list[str]) -> None:
    """Write bench/RESULTS.md."""
    text = [
        "# Results",
        "",
        "Written by `make bench`; the protocol is in [README.md](README.md).",
        "",
        *head,
        "",
        "| subject | runs | median s | least s | most s | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
        *walls,
        "",
        "Stages of the median run, s:",
        "",
        f"| subject | {' | '.join(STAGES)} | result | size |",
        f"|---|{'---:|' * len(STAGES)}---|---|",
        *stages,
        "",
        *studies,
    ]
    (ROOT / "bench" / "RESULTS.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

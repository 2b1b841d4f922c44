"""The file of results: machine and commit, every run, and what they add up to."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import computeplan
from computeplan.bench.instances import Instance
from computeplan.bench.protocol import Protocol
from computeplan.bench.runs import Measurement
from computeplan.bench.summary import Growth, Profile, Summary, growths, profiles, summarize
from computeplan.errors import UsageError
from computeplan.files import write_file
from computeplan.folder.contents import created, versions

FORMAT = "computeplan bench 1"
ORIGIN = ("created", "commit", "machine", "versions", "protocol", "planned")

COMPARED = {
    "machine": ("processor", "cores", "memory_gb", "system"),
    "versions": (),
    "protocol": ("threads", "time_limit_s", "repeats", "scenario", "set"),
}
"""What of the origin of results decides their times; of the versions all do."""


@dataclass
class Results:
    """Runs so far; `origin` says when, of which code, where and how they were measured (`ORIGIN`)."""

    origin: dict[str, Any]
    instances: tuple[Instance, ...]
    runs: list[Measurement] = field(default_factory=list)

    @staticmethod
    def of(protocol: Protocol) -> Results:
        """Begin results of a protocol, here and now."""
        origin = {
            "created": created(),
            "commit": commit(),
            "machine": machine(),
            "versions": versions(),
            "protocol": protocol.data(),
            "planned": protocol.planned,
        }
        return Results(origin, protocol.instances)

    @property
    def summaries(self) -> list[Summary]:
        """A line for each instance and solver."""
        return summarize(self.runs)

    @property
    def growths(self) -> list[Growth]:
        """How time grows, by family and solver."""
        return growths(self.summaries, self.instances)

    @property
    def profiles(self) -> list[Profile]:
        """How solvers compare."""
        return profiles(self.summaries)

    def data(self) -> dict[str, object]:
        """Give everything, ready for JSON."""
        return {
            "format": FORMAT,
            **self.origin,
            "instances": [asdict(instance) for instance in self.instances],
            "summary": [summary.data() for summary in self.summaries],
            "growth": [growth.data() for growth in self.growths],
            "profile": [profile.data() for profile in self.profiles],
            "runs": [asdict(run) for run in self.runs],
        }

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        text = json.dumps(self.data(), indent=1, ensure_ascii=False, allow_nan=False)
        write_file(path, f"{text}\n".encode())


def load_results(path: Path) -> Results:
    """Read a file of results; raise UsageError if it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise UsageError(path=path, expected=f"results of format {FORMAT!r}", found=repr(data["format"]))
        origin = {key: data[key] for key in ORIGIN}
        instances = tuple(Instance.of(instance) for instance in data["instances"])
        found = Results(origin, instances, [Measurement(**run) for run in data["runs"]])
        # What is computed from them shows whether they are whole.
        found.data()
        list(origin_differences(origin, origin))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no file of results of `computeplan bench`", path=path) from error
    return found


def origin_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say where code, machine, versions and settings differ, and which machine was busy."""
    yield from differences({"commit": _commit(old["commit"])}, {"commit": _commit(new["commit"])})
    for part, compared in COMPARED.items():
        names = compared or sorted({*old[part], *new[part]})
        yield from differences(*({name: origin[part].get(name) for name in names} for origin in (old, new)))
    for name, machine in (("old", old["machine"]), ("new", new["machine"])):
        if machine["load"] > (machine["cores"] or 1) / 2:
            yield f"the machine was busy when the {name} results began: load {machine['load']}"


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    """Say which of the values that both have differ."""
    for name in old:
        if name in new and _word(old[name]) != _word(new[name]):
            yield f"{name}: {_word(old[name])} → {_word(new[name])}"


def _word(value: object) -> str:
    return " ".join(map(str, value)) or "none" if isinstance(value, list) else str(value or "none")


def _commit(commit: Mapping[str, Any] | None) -> str | None:
    return f"{commit['hash'][:12]}{' and changes' if commit['changed'] else ''}" if commit else None


def check_target(path: Path) -> None:
    """Raise UsageError where something else is there, or results cannot be written."""
    if path.suffix != ".json":
        raise UsageError(path="--out", expected="a file ending in .json", found=path)
    if path.exists():
        load_results(path)
    elif path.with_suffix(".html").exists():
        raise UsageError(
            f"{path.with_suffix('.html')} is there already and is not overwritten",
            path=path.with_suffix(".html"),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{path} cannot be written: no permission to write to {path.parent}", path=path)


def machine() -> dict[str, object]:
    """Describe this machine and how busy it is."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
    }


def commit() -> dict[str, object] | None:
    """Give the commit of the running code, and whether files differ from it; None outside a checkout."""
    folder = Path(computeplan.__file__).parent
    # A package that lies in somebody else's repository, such as in its .venv, has no commit there.
    if _git(folder, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    head, changed = _git(folder, "rev-parse", "HEAD"), _git(folder, "status", "--porcelain", "--", ".")
    return {"hash": head, "changed": bool(changed)} if head else None


def _git(folder: Path, *arguments: str) -> str | None:
    """Ask git; None where it is not there or fails."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git itself
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()

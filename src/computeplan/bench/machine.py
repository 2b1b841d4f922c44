"""Where numbers come from: machine, load, commit."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import computeplan


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

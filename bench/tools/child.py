"""One measured run: a script in the environment of its tool, in a child process with limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

from ladder import TOOLS

HERE = Path(__file__).resolve().parent
TIME_LIMIT_S, MEMORY_LIMIT_GB = 180, 8


def pins(tool: str) -> Path:
    """Return the file of the tool's pinned packages."""
    return HERE / "requirements" / f"{tool}.txt"


def python_of(tool: str) -> str:
    """Return the tool's interpreter; its environment is made on first use and when the pins change."""
    if tool not in TOOLS:
        return sys.executable
    folder, wanted = HERE / ".venvs" / tool, pins(tool).read_text(encoding="utf-8")
    stamp, python = folder / "pins.txt", folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", pins(tool))
        subprocess.run(pip, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


def run(tool: str, form: str, path: Path, method: str) -> dict[str, Any]:
    """Run a tool's script; what it printed, or a status that says which limit it met."""
    command = [python_of(tool), str(HERE / f"with_{tool}.py"), form, str(path), method]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False, preexec_fn=_limit
        )
    except subprocess.TimeoutExpired:
        return {"status": f"over {TIME_LIMIT_S} s"}
    over_memory = {"status": f"over {MEMORY_LIMIT_GB} GB"}
    if done.returncode:
        if "MemoryError" in done.stderr or "bad_alloc" in done.stderr:
            return over_memory
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["status"] == "Memory limit reached":  # HiGHS catches it, and tells 0 as objective
        return over_memory
    return {
        **found,
        "model": found["build"] + (found["hand_over"] or 0.0),
        "wall": time.perf_counter() - start,
    }


def _limit() -> None:
    size = MEMORY_LIMIT_GB * 10**9
    resource.setrlimit(resource.RLIMIT_AS, (size, size))

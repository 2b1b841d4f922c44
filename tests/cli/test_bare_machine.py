"""Every command works without root, home, locale and network; `bench` runs the same in processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from command_line import TINY
from computeplan.cli.app import app

COMMANDS = {
    "new": "new quickstart --to new.yaml",
    "check": "check 企业.yaml",
    "solve": "solve 企业.yaml --out plan",
    "roll": "roll plan --now 2026-03-02T01:00",
    "explain": "explain plan chat",
    "schedule": "schedule plan",
    "shares": "shares plan",
    "audit": "audit plan",
    "compare": "compare plan plan",
    "report": "report plan --lang zh",
    "sweep": "sweep 企业.yaml --vary demand*=1,2 --workers 1 --out sweep",
    "frontier": "frontier 企业.yaml --out frontier",
    "ranging": "ranging 企业.yaml",
    "alternatives": "alternatives 企业.yaml --of carbon --out alternatives",
    "import": "import nyiso prices.csv --to prices",
    "export": "export 企业.yaml --out 企业.mps",
    "schema": "schema --out schema.json",
}

PRICES = "Time Stamp,Name,LBMP ($/MWHr)\n11/02/2025 00:00,WEST,1\n11/02/2025 01:00,WEST,2\n"

SCRIPT = """
import json, locale, os, socket, sys
from pathlib import Path

def refuse(*_, **__):
    raise AssertionError("the network was used")

socket.socket.connect = socket.getaddrinfo = refuse
sys.path.insert(0, {tests!r})
from command_line import run

Path("企业.yaml").write_text({config!r}, encoding="utf-8")
Path("prices.csv").write_text({prices!r}, encoding="utf-8")
ends = {{}}
for name, words in {commands!r}.items():
    done = run(*words.split())
    ends[name] = [done.exit_code, done.stderr[-2000:] + repr(done.exception or "")]
home = Path.home()
print(json.dumps({{"ends": ends, "user": os.geteuid(), "writes": os.access(home, os.W_OK)}}))
"""


def without_root() -> list[str]:
    """Words before a command that take root from it, and leave it to read what root alone may."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() or setpriv is None:
        return []
    capability = "+dac_read_search"
    return [
        setpriv,
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
    ]


@pytest.mark.posix
def test_every_command_works_for_a_bare_user():
    assert set(COMMANDS) == {each.name or each.callback.__name__ for each in app.registered_commands}
    tests = Path(__file__).parents[1]
    script = SCRIPT.format(tests=str(tests), config=TINY, prices=PRICES, commands=COMMANDS)
    # Not in a folder of pytest, which only the user who runs it may enter.
    with TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(tests.parent / "src"),
            "HOME": "/nonexistent",
            "LC_ALL": "C",
        }
        command = [*without_root(), sys.executable, "-c", script]
        pipes = {"capture_output": True, "text": True}
        done = subprocess.run(command, cwd=place, env=environment, check=False, **pipes)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name: message for name, (code, message) in found["ends"].items() if code != 0} == {}
    assert not found["writes"]
    assert found["user"] != 0 or not without_root()

"""Runs the command line in a test: in this process, or as a real one."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from typer import testing
from typer.testing import CliRunner, Result

from computeplan.cli.app import app

# A runner builds the whole command line anew for each command: most of the time of a short one.
testing._get_command = cache(testing._get_command)

TINY = """\
name: Tiny
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 3 h}
zones: {here: {}, 北: {}}
network: {latency: round_trip, links: {line: {between: [here, 北], latency: 33 ms}}}
hardware: {gpu: {busy_power: 10 kW}}
sites:
  home: {zone: here, grid: {price: 0.5, carbon: 0.6}, pools: {own: {hardware: gpu, term: owned, units: 4}}}
  北站: {zone: 北, grid: {price: 0.3, carbon: 0.5}, pools: {租用: {hardware: gpu, term: on_demand, price: 9}}}
workloads:
  chat: {company: 企业, zone: here, demand: [3, 6, 2], max_latency: 50 ms}
  batch: {zone: here, demand: 1, max_delay: 2 h}
scenarios:
  quiet: {workloads: {chat: {demand: [3, 2, 2]}}}
  far: {network: {links: {line: {latency: 90 ms}}}}
"""


def run(*arguments: str | Path, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def start(*arguments: str | Path, cwd: Path, **options) -> subprocess.Popen:
    """Start a command as a process of its own."""
    environment = {**os.environ, **options.pop("environment", {})}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [sys.executable, "-m", "computeplan", *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, env=environment, **pipes)  # noqa: S603 - our own command

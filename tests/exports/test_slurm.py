"""Reservations are taken by a real controller of Slurm, where there is one: `apt-get install slurm-wlm`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

import computeplan

CONFIG = """\
ClusterName=plan
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
SlurmctldPort=16827
SlurmdPort=16828
SlurmctldPidFile={0}/slurmctld.pid
SlurmctldLogFile={0}/slurmctld.log
StateSaveLocation={0}
SlurmdSpoolDir={0}
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
PrivateData=cloud
SuspendProgram=/bin/true
ResumeProgram=/bin/true
SuspendTime=300
NodeName=hall[1-5] CPUs=8 State=CLOUD
NodeName=north[1-4] CPUs=8 State=CLOUD
PartitionName=hall-own Nodes=hall[1-5] MaxTime=INFINITE State=UP Default=YES
PartitionName=north-own Nodes=north[1-4] MaxTime=INFINITE State=UP
"""
SOCKET = Path("/run/munge/munge.socket.2")


def started(*command, **environment):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env={**os.environ, **environment}, **quiet)  # noqa: S603 - our own command


def wait_for(condition, seconds=20):
    for _ in range(10 * seconds):
        if condition():
            return True
        sleep(0.1)
    return False


@pytest.fixture
def controller(tmp_path):
    """Environment of the commands of a controller without nodes and database."""
    for program in ("slurmctld", "scontrol", "munged"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}: apt-get install slurm-wlm")
    if os.geteuid():
        pytest.skip("munged and slurmctld are started as root")
    (tmp_path / "slurm.conf").write_text(CONFIG.format(tmp_path), encoding="utf-8")
    environment = {"SLURM_CONF": str(tmp_path / "slurm.conf"), "TZ": "UTC"}
    processes = []
    if not SOCKET.exists():
        SOCKET.parent.mkdir(exist_ok=True)
        shutil.chown(SOCKET.parent, "munge", "munge")
        processes.append(started("runuser", "-u", "munge", "--", "munged", "--foreground"))
        wait_for(SOCKET.exists)
    processes.append(started("slurmctld", "-D", **environment))
    ping = ["scontrol", "ping"]
    is_up = wait_for(lambda: "UP" in output(ping, environment))
    if is_up:
        yield environment
    for process in reversed(processes):
        process.terminate()
        process.wait(timeout=20)
    if not is_up:
        pytest.skip("slurmctld did not start")


def output(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)  # noqa: PLW1510, S603
    return done.stdout + done.stderr


@pytest.mark.posix
def test_the_controller_reserves_the_nodes_of_the_plan(controller, tmp_path):
    start = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT00:00")
    pool = {"hardware": "node", "term": "owned"}
    config = {
        "name": "Nodes",
        "horizon": {"start": start, "time_zone": "UTC", "duration": "4 h"},
        "zones": {"town": {}},
        "network": {"latency": "round_trip"},
        "hardware": {"node": {"busy_power": "1 kW"}},
        "sites": {
            "hall": {"zone": "town", "grid": {"price": 0.1}, "pools": {"own": {**pool, "units": 5}}},
            "north": {"zone": "town", "grid": {"price": 0.3}, "pools": {"own": {**pool, "units": 4}}},
        },
        "workloads": {
            "chat": {"company": "Acme", "zone": "town", "demand": [3, 4, 3, 2]},
            "train": {"company": "Babel", "zone": "town", "demand": [3, 4, 3, 1.5]},
        },
    }
    made = computeplan.export_plan(computeplan.solve(config, baseline=False), "slurm")
    made.save(tmp_path / "slurm")
    (script,) = (tmp_path / "slurm").glob("*/reservations.sh")
    said = output(["sh", str(script)], controller)
    shown = output(["scontrol", "-o", "show", "reservation"], controller)
    found = dict(re.findall(r"ReservationName=\d+-(\S+) .*? NodeCnt=(\d+)", shown))
    rows = made.rounding().filter(made.rounding()["replicas"] > 0)
    names = [
        f"{pool.replace('/', '-')}-{group.lower()}"
        for pool, group in rows.select("pool", "group").iter_rows()
    ]
    assert found == dict(zip(names, map(str, rows["replicas"]), strict=True)), said
    assert sum(map(int, found.values())) == 9  # all there are

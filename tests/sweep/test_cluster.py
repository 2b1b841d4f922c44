"""A sweep on a real Dask cluster of two worker processes, one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress

import pytest
from sweeping import on_points, small, swept

import computeplan
from computeplan.errors import UsageError

WAIT_S = 60
VARY = ["demand*=0.6:1.4:5", "objective.carbon_price=0,100"]


@pytest.fixture
def distributed():
    return pytest.importorskip("distributed")


@pytest.fixture
def cluster(distributed):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as found:
        yield found


@pytest.mark.posix
def test_a_cluster_gives_the_same_table_though_a_worker_is_killed(tmp_path, distributed, cluster):
    config, killed = small(tmp_path), []
    swept(config, vary=VARY, out=tmp_path / "here")
    with distributed.Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
        assert len(pids) == 2

        def kill(done):
            if done == 3 and not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        computeplan.sweep(
            config,
            vary=VARY,
            cluster=cluster.scheduler_address,
            out=tmp_path / "there",
            progress=on_points(kill),
        )
    assert killed
    for name in ("points", "effects", "switches"):
        file = f"tables/{name}.parquet"
        assert (tmp_path / "here" / file).read_bytes() == (tmp_path / "there" / file).read_bytes()


def test_a_scheduler_that_dies_ends_the_sweep_and_what_is_done_is_kept(tmp_path, monkeypatch, distributed):
    monkeypatch.setattr("computeplan.studies.sweep.workers.CONNECT_S", 1.0)
    timeouts = pytest.importorskip("dask").config.get("distributed.comm.timeouts")
    monkeypatch.setitem(timeouts, "connect", "1s")
    config, out, seen = small(tmp_path), tmp_path / "out", []
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=None
    )

    def kill(done):
        if done == 3:
            cluster.sync(cluster.scheduler.close)

    began = time.monotonic()
    with pytest.raises(UsageError, match=r"the scheduler at .* (is gone|does not answer)"):
        computeplan.sweep(
            config, vary=VARY, cluster=cluster.scheduler_address, out=out, progress=on_points(kill)
        )
    assert time.monotonic() - began < WAIT_S
    with suppress(TimeoutError):
        cluster.close(timeout=1)
    # Without a scheduler nothing is left to close but what calls it every second, in threads that go on.
    cluster.status = distributed.Status.closed
    for callback in cluster.periodic_callbacks.values():
        cluster.loop.add_callback(callback.stop)
    swept(config, vary=VARY, out=out, progress=on_points(seen.append))
    assert seen[0] >= 3


@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "localhost", "tcp://localhost", "", "http://x:80", "tcp://[::1", "h:99999", "h:abc", "8786"],
)
def test_an_address_without_a_port_is_refused_before_anything_is_read(tmp_path, address):
    with pytest.raises(UsageError, match="--cluster: expected the address of a Dask scheduler with its port"):
        computeplan.sweep(tmp_path / "none.yaml", cluster=address)


@pytest.mark.usefixtures("distributed")
def test_what_is_no_scheduler_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("computeplan.studies.sweep.workers.CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            UsageError, match=f"{address} cannot be reached|at {address} is no Dask scheduler"
        ):
            computeplan.sweep(small(tmp_path), vary=VARY, cluster=address)


@pytest.mark.usefixtures("distributed")
def test_a_cluster_that_does_not_answer_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("computeplan.studies.sweep.workers.CONNECT_S", 0.5)
    with pytest.raises(UsageError, match=r"the cluster at tcp://127.0.0.1:9 cannot be reached"):
        computeplan.sweep(small(tmp_path), vary=VARY, cluster="tcp://127.0.0.1:9")

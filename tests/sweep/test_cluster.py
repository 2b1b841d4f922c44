"""A sweep on a real Dask cluster of two worker processes, one of which is killed."""

from __future__ import annotations

import os
import signal

import pytest
from sweeping import small, swept

import computeplan
from computeplan.errors import UsageError

distributed = pytest.importorskip("distributed")

VARY = ["demand*=0.6:1.4:9", "objective.carbon_price=0:200:3"]


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as found:
        yield found


def test_a_cluster_gives_the_same_table_though_a_worker_is_killed(tmp_path, cluster):
    config, killed = small(tmp_path), []
    swept(config, vary=VARY, out=tmp_path / "here")
    with distributed.Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
        assert len(pids) == 2

        def kill(progress):
            if progress.done == 4 and not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        computeplan.sweep(
            config, vary=VARY, cluster=cluster.scheduler_address, out=tmp_path / "there", tell=kill
        )
    assert killed
    for name in ("points", "effects", "switches"):
        file = f"tables/{name}.parquet"
        assert (tmp_path / "here" / file).read_bytes() == (tmp_path / "there" / file).read_bytes()


def test_a_cluster_that_does_not_answer_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("computeplan.studies.sweep.crew.CONNECT_S", 0.5)
    with pytest.raises(UsageError, match=r"the cluster at tcp://127.0.0.1:9 cannot be reached"):
        computeplan.sweep(small(tmp_path), vary=VARY, cluster="tcp://127.0.0.1:9")

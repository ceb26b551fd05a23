"""The same trials on a real Dask cluster of worker processes on this machine."""

import gc
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import distributed
import pytest
import trustme
from trial_steps import quick_trials

from report_builder.errors import InputError
from report_builder.pipeline.store import Store
from report_builder.sweep.conduct import conduct
from report_builder.sweep.pools import Tls, dask_pool, local_pool
from report_builder.sweep.record import write_sweep

# of distributed's own clean-up, when workers die
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
TESTS = Path(__file__).resolve().parents[1]
ONE = ("--nthreads", "1")
ABOUT = {"base": {}, "parts": ["quick"], "seeds": [], "grid": [], "cells": [{}], "main": 0, "code": {}}


@contextmanager
def cluster(folder, *workers, tls=None):
    """A client of a scheduler with a worker process for each of the options given, each with its nanny, which
    starts it again. tls: files of the authority, the certificate and its key, for encrypted connections.
    """
    known = folder / "scheduler.json"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_LOGGING__DISTRIBUTED": "error",
    }
    here = ("--host", "127.0.0.1", "--no-dashboard")
    if tls:
        here += ("--protocol", "tls", "--tls-ca-file", tls[0], "--tls-cert", tls[1], "--tls-key", tls[2])
    roles = [("scheduler", "--scheduler-file", known, "--port", "0", *here)]
    roles += [
        ("worker", "--scheduler-file", known, "--local-directory", folder, *here, *options)
        for options in workers
    ]
    with (folder / "cluster.log").open("w") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *map(str, role)],
                env=environment,
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,
            )
            for role in roles
        ]
        try:
            deadline = time.monotonic() + 120
            while not known.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            security = tls and distributed.Security(
                tls_ca_file=str(tls[0]),
                tls_client_cert=str(tls[1]),
                tls_client_key=str(tls[2]),
                require_encryption=True,
            )
            with distributed.Client(
                scheduler_file=str(known), set_as_default=False, security=security
            ) as client:
                client.wait_for_workers(len(workers), timeout=120)
                yield client
        finally:
            for process in reversed(processes):
                process.terminate()
            time.sleep(0.5)
            for process in processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # a nanny that is starting a worker hears nothing
                process.wait(60)


def address(client):
    return client.scheduler.address


def written(folder, ended, store):
    place = write_sweep(folder, ABOUT, ended, store)
    return [(place / name).read_bytes() for name in ("trials.json", "arrays.npz")]


def test_a_cluster_gives_the_same_numbers_though_a_worker_is_killed_in_the_middle(tmp_path):
    local, shared = Store(tmp_path / "here" / "store"), Store(tmp_path / "there" / "store")
    seeds = range(12)
    with local_pool(2) as pool:
        expected = conduct(quick_trials(local.root, seeds, raises=(3,)), pool, lambda _: None)
    with cluster(tmp_path, ONE, ONE) as client:
        pids = list(client.run(os.getpid).values())
        assert len(set(pids)) == 2
        told = []

        def tell(progress):
            told.append(progress)
            if len(told) == 3:
                os.kill(pids[0], signal.SIGKILL)

        trials = quick_trials(shared.root, seeds, raises=(3,), seconds=0.5)
        with dask_pool(address(client), "cpu", None) as pool:
            ended = conduct(trials, pool, tell)
            processes = {one.process for one in ended}
    assert [one.seed for one in ended if one.error] == [3]
    assert {one.error for one in ended} == {one.error for one in expected}
    assert pids[1] in processes
    assert written(tmp_path / "there", ended, shared) == written(tmp_path / "here", expected, local)


def test_a_trial_that_kills_every_worker_is_recorded_and_the_others_end(tmp_path):
    store = Store(tmp_path / "store")
    with cluster(tmp_path, ONE, ONE) as client, dask_pool(address(client), "cpu", None) as pool:
        ended = conduct(quick_trials(store.root, range(6), kills=(2,)), pool, lambda _: None)
    failed = [one for one in ended if one.error]
    assert [one.seed for one in failed] == [2]
    assert "KilledWorker" in failed[0].error


def test_on_a_gpu_a_trial_takes_a_workers_gpu_and_threads_of_a_worker_do_not_mix(tmp_path):
    here, there = Store(tmp_path / "here" / "store"), Store(tmp_path / "there" / "store")
    with local_pool(1) as pool:
        expected = conduct(quick_trials(here.root, range(6)), pool, lambda _: None)
    with cluster(tmp_path, ("--nthreads", "3", "--resources", "GPU=2"), ("--nthreads", "3")) as client:
        gpus = client.run_on_scheduler(workers_with_gpu)
        pids = client.run(os.getpid)
        with dask_pool(address(client), "cuda", None) as pool:
            ended = conduct(quick_trials(there.root, range(6)), pool, lambda _: None)
    assert {one.process for one in ended} == {pids[worker] for worker in gpus}
    assert written(tmp_path / "there", ended, there) == written(tmp_path / "here", expected, here)


def workers_with_gpu(dask_scheduler):
    return [worker.address for worker in dask_scheduler.workers.values() if worker.resources]


def certificates(folder, authority):
    """Files of the authority, of a certificate for this machine, and of its key."""
    certificate = authority.issue_cert("127.0.0.1")
    files = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    authority.cert_pem.write_to_path(files[0])
    certificate.cert_chain_pems[0].write_to_path(files[1])
    certificate.private_key_pem.write_to_path(files[2])
    return files


def test_an_encrypted_cluster_takes_trials_from_who_has_the_certificate_and_from_nobody_else(
    tmp_path, monkeypatch
):
    files = certificates(tmp_path, trustme.CA())
    trials = quick_trials(tmp_path / "store", range(2))
    with cluster(tmp_path, ONE, tls=files) as client:
        assert address(client).startswith("tls://")
        with dask_pool(address(client), "cpu", Tls(*files)) as pool:
            ended = conduct(trials, pool, lambda _: None)
        assert [one.error for one in ended] == ["", ""]
        monkeypatch.setattr("report_builder.sweep.pools.CONNECTING", 3.0)
        stranger = trustme.CA()
        stranger.cert_pem.write_to_path(files[0])
        for tls, said in ((None, "name the files"), (Tls(*files), "no scheduler answers there")):
            with pytest.raises(InputError, match=said), dask_pool(address(client), "cpu", tls):
                pass


@pytest.mark.parametrize(
    ("address", "certified", "said"),
    [
        ("tcp://127.0.0.1:9", False, "no scheduler answers there"),
        ("tls://127.0.0.1:9", True, "no scheduler answers there"),
        ("tls://127.0.0.1:9", False, "name the files"),
        ("tcp://127.0.0.1:9", True, "begins with tls://"),
        *(
            (nonsense, False, "not the address of a scheduler")
            for nonsense in ("", "nonsense", "host:port", "tcp://:9", "tcp://h:99999", "http://h:1", "[::1")
        ),
    ],
)
def test_an_address_without_a_scheduler_is_one_sentence_at_once(
    tmp_path, monkeypatch, address, certified, said
):
    seconds = 3.0
    monkeypatch.setattr("report_builder.sweep.pools.CONNECTING", seconds)
    started = time.monotonic()
    tls = Tls(*certificates(tmp_path, trustme.CA())) if certified else None
    with (
        pytest.raises(InputError, match=f"--dask {re.escape(address)}: .*{said}"),
        dask_pool(address, "cpu", tls),
    ):
        pass
    gc.collect()  # a client that is half made waits here, twice as long
    assert time.monotonic() - started < 2 * seconds


def test_certificates_that_are_none_are_one_sentence(tmp_path):
    (tmp_path / "key.pem").write_text("none")
    for name in ("key.pem", "absent.pem"):
        with (
            pytest.raises(InputError, match="--tls: the files cannot be used"),
            dask_pool("tls://127.0.0.1:9", "cpu", Tls(*[tmp_path / name] * 3)),
        ):
            pass


def test_without_dask_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r'pip install "report_builder\[cluster\]"'),
        dask_pool("x", "cpu", None),
    ):
        pass

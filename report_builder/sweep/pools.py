"""Where trials run: worker processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report_builder.errors import InputError
from report_builder.pipeline.workers import Workers
from report_builder.sweep.trial import Ended, Trial, run_trial

CONNECTING = 30.0  # seconds after which a scheduler that does not answer is given up
SCHEMES = ("tcp", "tls")
_QUEUED = 2  # trials per worker of a cluster that are on their way, so that none waits for the next


@dataclass(frozen=True)
class Pool:
    """submit: starts a trial, through an executor of `concurrent.futures`. room: how many trials may be under
    way at once; workers: how many can compute at once, for the estimate of the time left. blame: what is
    raised by all trials that a dead worker had, of which only one was running.
    """

    submit: Callable[[Trial], Future[Ended]]
    room: Callable[[], int]
    workers: Callable[[], int]
    blame: tuple[type[Exception], ...] = ()


@dataclass(frozen=True)
class Tls:
    """Files for encrypted connections: of the authority, of the certificate, of its key."""

    authority: Path
    certificate: Path
    key: Path


@contextmanager
def local_pool(jobs: int) -> Iterator[Pool]:
    """`jobs` spawned processes of one thread each; one that dies takes only its own trial along."""
    with Workers(jobs) as workers:
        yield Pool(lambda trial: workers.submit(run_trial, trial), lambda: jobs, lambda: jobs)


@contextmanager
def dask_pool(address: str, device: str, tls: Tls | None) -> Iterator[Pool]:
    """The workers of the cluster whose scheduler is at `address` ("tcp://host:8786").

    Every worker needs this project in the same version and the results' folder under the same path. On a GPU
    a trial takes the resource "GPU", of which a worker declares one per GPU. A trial whose worker dies is
    tried again on another one, as often as the scheduler allows.
    Raises InputError where Dask is not installed and where the scheduler cannot be reached.
    """
    dask = _dask()
    _check_address(address, tls)
    with _client(dask, address, tls) as client:
        needed: dict[str, Any] = {} if device == "cpu" else {"resources": {"GPU": 1}}
        executor = client.get_executor(pure=False, **needed)

        def workers() -> int:
            return max(1, len(client.scheduler_info(n_workers=-1)["workers"]))

        yield Pool(
            lambda trial: executor.submit(run_trial, trial),
            lambda: _QUEUED * workers(),
            workers,
            blame=(dask.KilledWorker,),
        )


def _dask() -> Any:  # its public names have no types
    try:
        import distributed
    except ImportError:
        raise InputError(
            '--dask needs the packages dask and distributed: pip install "report_builder[cluster]"'
        ) from None
    return distributed


def _check_address(address: str, tls: Tls | None) -> None:
    """Raises InputError for what is no address: a client that fails on it hangs when it is deleted."""
    from distributed.comm.addressing import parse_address, parse_host_port

    try:
        scheme, place = parse_address(address)
        host, port = parse_host_port(place)
    except ValueError:
        scheme, host, port = "", "", 0
    if scheme not in SCHEMES or not host or not 0 < port < 2**16:
        raise InputError(f"--dask {address}: not the address of a scheduler, such as tcp://host:8786.")
    if scheme == "tls" and tls is None:
        raise InputError(f"--dask {address}: name the files of its certificates with --tls.")
    if scheme != "tls" and tls is not None:
        raise InputError(f"--dask {address}: with --tls the address begins with tls://")


def _client(dask: Any, address: str, tls: Tls | None) -> Any:
    names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
    files = zip(names, (tls.authority, tls.certificate, tls.key), strict=True) if tls else ()
    security = dask.Security(**{name: str(file) for name, file in files}, require_encryption=tls is not None)
    try:
        security.get_connection_args("client")
    except OSError as error:
        raise InputError(f"--tls: the files cannot be used ({error}).") from None
    try:
        return dask.Client(address, timeout=CONNECTING, security=security, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise InputError(f"--dask {address}: no scheduler answers there ({error}).") from None

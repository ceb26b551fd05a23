"""Failures, kills, two builds at once, processes: a run loses nothing that was finished."""

import signal
import time

import pytest
from filelock import FileLock

STEPS = '''
import os, time
from pathlib import Path

def quick(work):
    return {"pid": os.getpid(), "sum": sum(need.values["sum"] for need in work.needs.values()) + 1}

def fail(work):
    raise ValueError("no convergence at 50 %")

def leave(work):
    raise SystemExit("enough")

def nan(work):
    return {"curve": [1.0, float("nan")]}

def die(work):
    os.kill(os.getpid(), 9)

def slow(work):
    time.sleep(work.parameters["seconds"])
    return {"sum": 1}

def gate(work):
    """Says that it runs, and goes on when it may; leaves half a file when it is killed."""
    place = Path(work.settings["place"])
    with (place / "runs").open("a") as stream:
        stream.write(f"{os.getpid()}\\n")
    (work.folder / "half.bin").write_bytes(b"half")
    deadline = time.monotonic() + 60
    while not (place / "open").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    (work.folder / "half.bin").write_bytes(b"whole")
    return {"sum": 1}

def threads(work):
    import torch
    return {"threads": torch.get_num_threads(), "omp": os.environ["OMP_NUM_THREADS"]}
'''


@pytest.fixture
def lab(lab):
    lab.write("s", STEPS)
    lab.settings = {"place": str(lab.root)}
    return lab


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("fail", "ValueError: no convergence at 50 %"),
        ("leave", "SystemExit: enough"),
        ("nan", "bad.curve[1] is nan"),
    ],
)
def test_a_failed_step_stops_only_what_needs_it(lab, jobs, function, error):
    lab.jobs = jobs
    lab.step("bad", f"s:{function}")
    lab.step("next", "s:quick", needs=["bad"])
    lab.step("last", "s:quick", needs=["next", "good"])
    lab.step("good", "s:quick")
    lab.step("better", "s:quick", needs=["good"])
    outcome = lab.build()
    assert outcome["status"] == {
        "bad": "failed", "next": "skipped", "last": "skipped", "good": "ran", "better": "ran",
    }  # fmt: skip
    assert error in outcome["error"]["bad"]
    assert "Traceback" in outcome["traceback"]["bad"]
    assert error in outcome["traceback"]["bad"]
    assert outcome["reasons"]["last"] == ["upstream next failed"]
    lab.write("s", STEPS.replace(f"def {function}(", "def unused(") + f"\n{function} = quick\n")
    assert set(lab.build()["status"].values()) == {"ran"}  # the code of all changed
    assert not list((lab.store / "failures").iterdir())


@pytest.mark.parametrize("jobs", [1, 2])
def test_after_a_failure_that_ends_the_run_nothing_is_begun_and_what_runs_is_kept(lab, jobs):
    lab.jobs, lab.ends_run = jobs, "no convergence"
    lab.step("slow", "s:slow", parameters={"seconds": 0.5})
    lab.step("bad", "s:fail")
    for i in range(4):
        lab.step(f"waits.{i}", "s:quick", needs=["slow"])
        lab.step(f"queued.{i}", "s:slow", parameters={"seconds": 0.5 + i / 100})
    outcome = lab.build()
    assert outcome["status"]["bad"] == "failed"
    assert outcome["status"]["slow"] == "ran"
    assert not any(name.startswith("waits") for name in outcome["status"])
    assert sum(name.startswith("queued") for name in outcome["status"]) <= jobs - 1
    lab.ends_run, lab.targets = None, ["slow"]
    assert lab.build()["status"] == {"slow": "cached"}


def test_after_a_failure_only_what_is_missing_runs(lab):
    lab.write("t", "def f(work):\n    return {'sum': int(work.files['n'].read_text())}\n")
    lab.asset("n", "not a number")
    lab.step("bad", "t:f", files=["n"])
    lab.step("good", "s:quick")
    lab.step("next", "s:quick", needs=["bad", "good"])
    lab.build()
    lab.asset("n", "4")
    outcome = lab.build()
    assert lab.ran() == {"bad", "next"}
    assert outcome["values"]["next"]["sum"] == 6


def test_a_killed_worker_costs_only_its_own_step(lab):
    lab.jobs = 2
    lab.step("dies", "s:die")
    lab.step("runs", "s:slow", parameters={"seconds": 1.5})
    lab.step("dies.too", "s:die")
    lab.step("later", "s:quick")
    lab.step("after", "s:quick", needs=["runs"])
    lab.step("lost", "s:quick", needs=["dies"])
    outcome = lab.build()
    assert outcome["status"] == {
        "dies": "failed", "dies.too": "failed", "lost": "skipped",
        "runs": "ran", "later": "ran", "after": "ran",
    }  # fmt: skip
    assert "worker process died" in outcome["error"]["dies"]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_killed_resumes(lab, jobs, how):
    lab.jobs = jobs
    lab.step("first", "s:quick")
    lab.step("gate", "s:gate", needs=["first"], settings=["place"])
    lab.step("last", "s:quick", needs=["gate"])
    process = lab.start()
    runs = lab.root / "runs"
    wait_for(lambda: runs.exists() and runs.read_text().endswith("\n"))
    (worker,) = (int(pid) for pid in runs.read_text().split())
    assert (worker != process.pid) == (jobs == 2)
    process.send_signal(how)
    process.communicate(timeout=10)
    assert process.returncode != 0
    (lock,) = lab.store.glob("locks/gate-*.lock")
    with FileLock(lock, timeout=5):  # the worker is gone, too: it would wait at its gate for long
        pass
    (lab.root / "open").touch()
    outcome = lab.build()
    assert outcome["status"] == {"first": "cached", "gate": "ran", "last": "ran"}
    assert [file.read_bytes() for file in lab.store.glob("results/gate-*/half.bin")] == [b"whole"]
    assert not list((lab.store / "work").iterdir())
    assert set(lab.build()["status"].values()) == {"cached"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_two_builds_at_once_one_computes(lab, jobs):
    lab.jobs = jobs
    lab.step("gate", "s:gate", settings=["place"])
    builds = [lab.start(tag="one"), lab.start(tag="two")]
    # both wait, one in the step and the other for its lock, when both have said that it began
    logs = [lab.root / f"{tag}.jsonl" for tag in ("one", "two")]
    wait_for(lambda: all(log.exists() and "started" in log.read_text() for log in logs))
    time.sleep(0.3)
    (lab.root / "open").touch()
    outcomes = [lab.finish(build) for build in builds]
    assert sorted(outcome["status"]["gate"] for outcome in outcomes) == ["cached", "ran"]
    assert len((lab.root / "runs").read_text().split()) == 1
    assert outcomes[0]["values"] == outcomes[1]["values"]


def test_a_damaged_result_is_computed_again_and_nothing_else(lab):
    lab.step("gate", "s:gate", settings=["place"])
    lab.step("next", "s:quick", needs=["gate"])
    (lab.root / "open").touch()
    lab.build()
    (file,) = lab.store.glob("results/gate-*/half.bin")
    file.write_bytes(b"whOle")
    assert lab.explain()["reasons"]["gate"] == ["the saved result is missing or damaged"]
    outcome = lab.build()
    assert outcome["status"] == {"gate": "ran", "next": "cached"}
    assert outcome["reasons"]["gate"] == ["the saved result is missing or damaged"]


@pytest.mark.parametrize("edited", ["code", "file"])
def test_an_edit_while_a_step_runs_is_not_kept_under_the_wrong_key(lab, edited):
    lab.asset("n", "1")
    lab.step("gate", "s:gate", settings=["place"], files=["n"])
    process = lab.start()
    wait_for((lab.root / "runs").exists)
    if edited == "code":
        lab.write("s", STEPS + "\nADDED = 1\n")
    else:
        lab.asset("n", "2")
    (lab.root / "open").touch()
    outcome = lab.finish(process)
    assert outcome["status"] == {"gate": "failed"}
    assert "start the build again" in outcome["error"]["gate"]
    assert lab.build()["status"] == {"gate": "ran"}


def test_where_steps_run(lab):
    lab.jobs = 2
    lab.step("worker", "s:quick")
    lab.step("device", "s:quick", on_device=True)
    on_cpu = lab.build()
    lab.device = "cuda"
    lab.steps[0]["parameters"] = {"again": 1}
    lab.step("main", "s:quick", on_device=True, needs=["worker"])
    on_accelerator = lab.build()
    assert on_cpu["pid"] not in {values["pid"] for values in on_cpu["values"].values()}
    pids = {name: values["pid"] for name, values in on_accelerator["values"].items()}
    assert pids["main"] == pids["device"] == on_accelerator["pid"] != pids["worker"]
    lab.jobs = 1
    lab.store = lab.root / "another"
    assert len({values["pid"] for values in lab.build()["values"].values()}) == 1


def test_a_worker_has_one_thread_so_that_results_do_not_depend_on_their_number(lab, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    lab.jobs = 2
    lab.step("threads", "s:threads")
    assert lab.build()["values"]["threads"] == {"threads": 1, "omp": "1"}


def test_the_step_log_tells_each_event_in_order(lab):
    lab.step("one", "s:quick")
    lab.step("two", "s:fail", needs=["one"])
    lab.step("three", "s:quick", needs=["two"])
    lab.build()
    told = [(event["step"], event["event"]) for event in lab.events()]
    assert told == [
        ("one", "started"), ("one", "finished"), ("two", "started"), ("two", "failed"), ("three", "skipped"),
    ]  # fmt: skip
    lab.build()
    assert (lab.events()[0]["step"], lab.events()[0]["event"]) == ("one", "cached")


def test_an_unchanged_run_of_many_steps_is_quick_and_loads_no_library(lab):
    lab.write("heavy", "import numpy, pandas, matplotlib, torch\nfrom lab import s\nquick = s.quick\n")
    lab.write("m0", "from lab import s\nquick = s.quick\n")
    lab.step("s0", "m0:quick")
    for index in range(1, 40):
        lab.write(f"m{index}", f"from lab.m{index - 1} import s\nquick = s.quick\n")
        lab.step(f"s{index}", f"m{index}:quick", needs=[f"s{index - 1}"])
    for index in range(40, 59):
        lab.step(f"s{index}", "s:quick", parameters={"index": index})
    lab.step("all", "heavy:quick", needs=[f"s{index}" for index in range(59)])
    first = lab.build()
    assert set(first["status"].values()) == {"ran"}
    assert len(first["status"]) == 60
    assert "torch" in first["loaded"]
    unchanged = [lab.build() for _ in range(3)]
    assert all(set(outcome["status"].values()) == {"cached"} for outcome in unchanged)
    assert all(outcome["loaded"] == [] for outcome in unchanged)
    assert min(outcome["seconds"] for outcome in unchanged) < 0.5
    assert unchanged[0]["values"] == first["values"]

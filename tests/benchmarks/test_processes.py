"""A command is run to its end or stopped with all its processes, and its memory is seen."""

import os
import sys
import time

import pytest

from benchmarks import processes
from benchmarks.processes import PROC, CommandFailedError, held, run

MEGABYTES = 80
HOLD = f"data = bytearray({MEGABYTES} << 20); import time; time.sleep({{seconds}})"
TOLD = (PROC / "self" / "smaps_rollup").exists()  # on Linux


def python(tmp_path, code, **more):
    return run(
        [sys.executable, "-c", code],
        folder=tmp_path,
        environment=os.environ,
        printed=tmp_path / "printed.log",
        **more,
    )


def child(code):
    return f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)"


def test_memory_of_the_children_counts(tmp_path):
    found = python(tmp_path, child(HOLD.format(seconds=1.5)))
    assert found.memory > MEGABYTES << 20 if TOLD else found.memory is None
    assert found.seconds > 1.5


def test_where_the_system_does_not_tell_there_is_no_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert held(os.getpid()) is None
    assert python(tmp_path, "import time; time.sleep(0.6)").memory is None


def test_a_failure_says_what_was_printed(tmp_path):
    with pytest.raises(CommandFailedError, match=r"(?s)ended with 3.*the reason"):
        python(tmp_path, "import sys; print('the reason'); sys.exit(3)")


def test_it_is_stopped_with_its_children(tmp_path):
    mark = tmp_path / "mark"
    code = child(f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    found = python(tmp_path, code, until=lambda: mark.is_file() and mark.read_text() != "")
    assert found.seconds < 50
    for _ in range(100):
        try:
            os.kill(int(mark.read_text()), 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a child outlived its command")

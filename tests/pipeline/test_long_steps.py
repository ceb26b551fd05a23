"""A step of minutes: what it tells, and what the next run finds of a killed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from report_builder.pipeline.long_steps import Teller, progress_file, read_progress, resumes
from report_builder.pipeline.run import run
from report_builder.pipeline.step import Step, Values, Work
from report_builder.pipeline.store import Store


def counts_to_three(work: Work) -> Values:
    """Dies after each but the last of three parts, as a killed process would; each part is done once."""
    assert work.resumes is not None
    done = len(list(work.resumes.iterdir()))
    (work.resumes / str(done)).touch()
    work.progress(done + 1, 3)
    told = read_progress(work.resumes.parents[1], "counting")
    if done < 2:
        raise RuntimeError("killed")
    return {"parts": done + 1, "told": list(told or ())}


def test_a_step_goes_on_from_what_a_killed_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    step = Step("counting", "test_long_steps:counts_to_three", resumes=True)
    store = Store(tmp_path)
    for _ in range(2):
        assert run([step], settings={}, files={}, store=store).failed
    outcome = run([step], settings={}, files={}, store=store)
    assert outcome.results["counting"].values == {"parts": 3, "told": [3, 3]}
    assert list((tmp_path / "resumes").iterdir()) == []
    assert not progress_file(tmp_path, "counting").exists()


def test_what_is_left_stays_where_the_block_fails(tmp_path: Path) -> None:
    def half() -> None:
        with resumes(tmp_path, "a") as folder:
            (folder / "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with resumes(tmp_path, "a") as folder:
        assert (folder / "half").exists()
    assert not folder.exists()


def test_progress_is_noted_and_forgotten(tmp_path: Path) -> None:
    teller = Teller(tmp_path, "step")
    assert read_progress(tmp_path, "step") is None
    teller(1, 9)
    assert read_progress(tmp_path, "step") == (1, 9)
    teller(9, 9)  # the end is told whenever it comes
    assert read_progress(tmp_path, "step") == (9, 9)
    teller.end()
    assert read_progress(tmp_path, "step") is None

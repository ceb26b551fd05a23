"""What a download tells of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from report_builder.pipeline.long_steps import Teller
from report_builder.progress import Live, download_bar, listener


@pytest.mark.parametrize(("total", "label"), [(5_000_000, "weights, 5 MB"), (0, "downloading weights")])
def test_a_download_says_once_what_is_fetched(
    capsys: pytest.CaptureFixture[str], total: int, label: str
) -> None:
    with download_bar(quiet=False) as progress:
        assert progress is not None
        for done in range(1_000_000, 6_000_000, 1_000_000):
            progress(done, total)
    printed = capsys.readouterr().out  # no terminal: no bar
    assert label in printed
    assert printed.count("downloading") == 1


def test_without_a_download_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with download_bar(quiet=False):
        pass
    with download_bar(quiet=True) as progress:
        assert progress is None
    assert capsys.readouterr().out == ""


def test_the_bar_of_a_long_step_fills(tmp_path: Path) -> None:
    with listener(quiet=False, verbose=False, terminal=True, store=tmp_path) as told:
        assert isinstance(told, Live)
        told.begun(1)
        told.started("training", ())
        Teller(tmp_path, "training")(3, 9)
        display = told._display
        list(display.get_renderables())
        (task,) = (task for task in display.tasks if task.description == "training")
        assert (task.completed, task.total) == (3, 9)

"""What a download tells of itself."""

from __future__ import annotations

import pytest

from report_builder.progress import download_bar


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

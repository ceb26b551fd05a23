"""The results as a JSON file, part by part, and the page in Markdown beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.written_report import report_page
from benchmarks.written_tables import table

HEAD = ["task", "peer", "ours, s", "peer, s", "ratio", "lowest to highest", "runs", "difference", "cosine"]
PARTS = ("tabular", "vision", "report")
TITLE = """# Benchmarks

`python -m benchmarks` measures all of this in one go and `python -m benchmarks --quick` a smaller form of it;
`python -m benchmarks tabular`, `vision` or `report` a part. `--json docs/benchmarks.json` writes this page.
"""
VISION = """Both get the same images, classes, draws and block sizes; the peer gets the network as
torchvision makes it. In bf16 the difference is what the lower precision costs."""
TABULAR = """Both get the same model, rows and background rows. The Permutation explainer draws the orders in
which it adds features, and its difference is that of its draws."""


def write(path: Path, parts: dict[str, Any]) -> None:
    """Write the parts measured, and keep those that the file holds from before; write the page."""
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    report = {name: one for name in PARTS if (one := (known | parts).get(name)) is not None}
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(markdown(report), encoding="utf-8")


def markdown(report: dict[str, Any]) -> str:
    """The page of the parts that the JSON file holds."""
    pages = {"tabular": _tabular, "vision": _vision, "report": _report}
    return "\n".join([TITLE, *(page(report[name]) for name, page in pages.items() if name in report)])


def _tabular(part: dict[str, Any]) -> str:
    return _compared("The tabular methods beside their peers", "tabular", part, "", TABULAR)


def _vision(part: dict[str, Any]) -> str:
    network = "VGG16 with random weights at its own size; "
    return _compared("The vision methods beside their peers", "vision", part, network, VISION)


def _compared(title: str, name: str, part: dict[str, Any], network: str, same: str) -> str:
    clock = "the process's own processor" if part["clock"] == "processor" else "wall-clock"
    with_share = any("share_of_peak" in outcome for outcome in part["outcomes"])
    head = [*HEAD, "share of peak"] if with_share else HEAD
    rows = [_row(outcome, with_share) for outcome in part["outcomes"]]
    return f"""## {title}

{_measured(name, part)}
{network}{_packages(part)}.

Ours and the peer run in turn; seconds are medians of {clock} time, a ratio is the peer's seconds by ours
within one run: above 1, ours is faster. {same}
The difference (its L2 norm by that of the peer's result) and the cosine are those of the worst array.

{table(head, rows)}
"""


def _report(part: dict[str, Any]) -> str:
    return f"""## The report

{_measured("report", part)}
{_packages(part)}.

{report_page(part)}"""


def _measured(name: str, part: dict[str, Any]) -> str:
    machine = part["machine"]
    where = machine["device_name"]
    if machine["device"] == "cpu":
        threads = f", threads: {part['threads']}" if "threads" in part else ""
        where += f"{threads}, cores: {machine['cores']}"
    shared = " Other work ran on the machine meanwhile." if machine["shared"] else ""
    command = f"python -m benchmarks {name}" + (" --quick" if part["quick"] else "")
    return f"Measured by `{command}` on {part['date']}: {where}.{shared}"


def _packages(part: dict[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in part["versions"].items())


def _row(outcome: dict[str, Any], with_share: bool) -> list[str]:
    sizes = ", ".join(f"{number} {name}" for name, number in outcome["sizes"].items())
    cells = [
        f"{outcome['task']} ({sizes})" if sizes else outcome["task"],
        outcome["peer"],
        f"{outcome['ours_seconds']:.2f}",
        f"{outcome['peer_seconds']:.2f}",
        f"{outcome['ratio']:.2f}",
        f"{outcome['ratio_low']:.2f} to {outcome['ratio_high']:.2f}",
        str(outcome["runs"]),
        f"{outcome['relative_difference']:.0e}",
        f"{outcome['cosine']:.3f}",
    ]
    return [*cells, f"{outcome['share_of_peak']:.0%}"] if with_share else cells

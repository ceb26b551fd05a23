"""The results of `python -m benchmarks vision` as a page in Markdown."""

from __future__ import annotations

from typing import Any

HEAD = ["task", "peer", "ours, s", "peer, s", "ratio", "lowest to highest", "runs", "difference", "cosine"]


def markdown(report: dict[str, Any]) -> str:
    """The page for the results that the JSON file holds."""
    machine, versions = report["machine"], report["versions"]
    where = machine["device_name"]
    if machine["device"] == "cpu":
        where += f", threads: {report['threads']}, cores: {machine['cores']}"
    shared = " Other work ran on the machine meanwhile." if machine["shared"] else ""
    clock = "the process's own processor" if report["clock"] == "processor" else "wall-clock"
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    command = "python -m benchmarks vision" + (" --quick" if report["quick"] else "")
    with_share = any("share_of_peak" in outcome for outcome in report["outcomes"])
    head = [*HEAD, "share of peak"] if with_share else HEAD
    rows = [_row(outcome, with_share) for outcome in report["outcomes"]]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
    return f"""# The vision methods beside their peers

Measured by `{command}` on {report["date"]}: {where}.{shared}
VGG16 with random weights at its own size; {packages}.

Ours and the peer run in turn; seconds are medians of {clock} time, a ratio is the peer's seconds by ours
within one run. Both get the same images, classes, draws and block sizes; the peer gets the network as
torchvision makes it. The difference (its L2 norm by that of the peer's map) and the cosine are those of the
worst map: they show that both compute the same thing, and, in bf16, what the lower precision costs.

{table}
"""


def _row(outcome: dict[str, Any], with_share: bool) -> list[str]:
    sizes = ", ".join(f"{number} {name}" for name, number in outcome["sizes"].items())
    cells = [
        f"{outcome['task']} ({sizes})",
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

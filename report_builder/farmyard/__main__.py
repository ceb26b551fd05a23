"""`python -m report_builder.farmyard train | evaluate | scenes`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import click

DATA = Path(__file__).resolve().parents[2] / "data"


@click.group()
def main() -> None:
    """The farmyard: train its network, check it, draw its fixed scenes."""


@main.command()
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    default=Path("out/farmyard"),
    show_default=True,
    help="Rendered scenes and checkpoint.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    default=DATA / "farmnet.safetensors",
    help="Where the weights go; the log lies beside.",
)
@click.option("--seed", default=0, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes that render.")
@click.option("--threads", default=0, help="Threads of torch; 0: its own choice.")
@click.option("--device", default="auto", show_default=True)
@click.option("--precision", type=click.Choice(["float32", "bf16"]), default="bf16", show_default=True)
def train(
    cache: Path, weights: Path, seed: int, workers: int, threads: int, device: str, precision: str
) -> None:
    """Train FarmNet; a stopped run goes on after its last epoch."""
    import torch

    from report_builder.farmyard.training import Recipe, train_farmnet
    from report_builder.models.device import choose_device

    if threads:
        torch.set_num_threads(threads)
    train_farmnet(
        replace(Recipe(), seed=seed, precision=precision),
        cache,
        weights,
        weights.with_suffix(".training.json"),
        workers=workers,
        device=choose_device(device),
        say=partial(click.echo),
    )


@main.command()
@click.option(
    "--weights", type=click.Path(path_type=Path), default=DATA / "farmnet.safetensors", show_default=True
)
@click.option("--scenes", default=520, show_default=True, help="Test scenes for accuracy and attacks.")
@click.option("--explained", default=240, show_default=True, help="Test scenes for maps.")
@click.option("--workers", default=2, show_default=True, help="Processes that render.")
@click.option("--threads", default=0, help="Threads of torch; 0: its own choice.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Also write the figures there.")
def evaluate(
    weights: Path, scenes: int, explained: int, workers: int, threads: int, json_path: Path | None
) -> None:
    """Measure every acceptance figure; exit with 1 if one misses its bound."""
    import torch

    from report_builder.farmyard.acceptance import measure
    from report_builder.models.farmnet import load_farmnet

    if threads:
        torch.set_num_threads(threads)
    figures = []
    for figure in measure(load_farmnet(weights), scenes=scenes, explained=explained, workers=workers):
        figures.append(figure)
        bounds = [f">= {figure.low:.2f}"] if figure.low is not None else []
        bounds += [f"<= {figure.high:.2f}"] if figure.high is not None else []
        verdict = ("met" if figure.met else "MISSED") if bounds else ""
        click.echo(f"{figure.name:<55} {figure.value:7.3f}   {' and '.join(bounds):<20} {verdict}".rstrip())
    if json_path:
        json_path.write_text(
            json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", encoding="utf-8"
        )
    sys.exit(not all(figure.met for figure in figures))


@main.command()
def scenes() -> None:
    """Draw the fixed scenes into data/farmyard/ again."""
    from report_builder.datasets.farmyard.fixed import FOLDER, write_fixed_scenes

    write_fixed_scenes()
    click.echo(f"wrote {FOLDER}")


if __name__ == "__main__":
    main()

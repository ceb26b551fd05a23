"""The command `clean`: the cache without what the current report does not need."""

from __future__ import annotations

import json
from pathlib import Path

import click

from report_builder.errors import InputError
from report_builder.pipeline.prune import Pruning, plan_pruning, prune
from report_builder.pipeline.store import Store

DAY, GIGABYTE = 86_400.0, 10**9


def clean(out: Path, *, days: float, gigabytes: float, dry_run: bool) -> None:
    """Remove from the cache of the results in `out` what was not used for `days` and what is more than
    `gigabytes`; never what the report in `out` was made of, nor the inputs.

    Raises InputError where there is no cache, where a run works on it, and where what the report needs is
    not known.
    """
    cache = out / "cache"
    if not cache.is_dir():
        raise InputError(f"{out} holds no cache.")
    store = Store(cache)
    if store.is_in_use():
        raise InputError(f"A run works with {cache}: clean when it has ended.")
    needed = needed_keys(out)
    pruning = plan_pruning(store, needed, age=days * DAY, size=round(gigabytes * GIGABYTE))
    if not dry_run:
        prune(store, pruning)
    click.echo(_told(pruning, len(needed), dry_run=dry_run))


def needed_keys(out: Path) -> frozenset[str]:
    """Keys of the results that the report in `out` was made of; none where there is no report.

    Raises InputError where the manifest is damaged.
    """
    manifest = out / "manifest.json"
    if not manifest.exists():
        return frozenset()
    try:
        steps = json.loads(manifest.read_text(encoding="utf-8"))["steps"]
        return frozenset(step["key"] for step in steps.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{manifest} is damaged, so that it is not known what the report needs: build it again."
        ) from None


def _told(pruning: Pruning, needed: int, *, dry_run: bool) -> str:
    verb = "would remove" if dry_run else "removed"
    return (
        f"{verb} {len(pruning.results)} results and {len(pruning.leftovers)} leftovers of failed or killed "
        f"runs, {pruning.size / 1e6:.1f} MB; {pruning.kept / 1e6:.1f} MB stay, "
        f"{pruning.needed / 1e6:.1f} MB of them for the current report ({needed} steps)"
    )

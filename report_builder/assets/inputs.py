"""The inputs of a study: one for each of its parts, and none for a part that is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.assets.asset import Asset, why
from report_builder.assets.diabetes import resolve_table
from report_builder.assets.download import Progress
from report_builder.assets.image_folder import ImageFolder, resolve_images
from report_builder.assets.signals import SignalsInput, resolve_signals
from report_builder.assets.vision import Surroundings, VisionInputs, resolve_vision
from report_builder.pipeline.step import Saved

if TYPE_CHECKING:
    from report_builder.settings import Settings


@dataclass(frozen=True)
class Inputs:
    """What the parts of a study are about; None for a part that is left out."""

    table: Asset | None
    vision: VisionInputs | None
    images: ImageFolder | None
    signals: SignalsInput | None

    @property
    def files(self) -> dict[str, Path]:
        """Input files by the names that the steps use."""
        files: dict[str, Path] = {} if self.table is None else {"table": self.table.path}
        for found in (self.vision, self.images, self.signals):
            if found is not None:
                files |= found.files
        return files

    @property
    def given(self) -> dict[str, Saved]:
        """What is analysed, for the steps: "vision", "own" and "signal_source", of the parts that there are;
        and "assets", what the report prints of the inputs.
        """
        named = {"vision": self.vision, "own": self.images, "signal_source": self.signals}
        given = {name: Saved.given(name, found.values) for name, found in named.items() if found is not None}
        return given | {"assets": Saved.given("assets", self._described())}

    @property
    def lines(self) -> list[str]:
        """Which inputs are used, for the command's first lines."""
        lines = [] if self.table is None else [f"data: {describe_table(self.table)}"]
        return lines + [str(found) for found in (self.vision, self.images, self.signals) if found is not None]

    def _described(self) -> dict[str, Any]:
        described: dict[str, Any] = {}
        if self.table is not None:
            described["table"] = _describe(self.table)
        if self.vision is not None:
            described["network"] = self.vision.network_values
            described["photographs"] = self.vision.photograph_values
        if self.images is not None:
            described["own_images"] = self.images.asset_values
        if self.signals is not None:
            described["signals"] = self.signals.asset_values
        return described


def resolve_inputs(settings: Settings, around: Surroundings, progress: Progress | None = None) -> Inputs:
    """The inputs of the parts that the settings name. Raises InputError for one that cannot be had."""
    parts = settings.report.parts
    return Inputs(
        table=resolve_table(
            settings.tabular.csv, around.project, around.environ, around.cache / "assets", around.offline
        )
        if "tabular" in parts
        else None,
        vision=resolve_vision(settings.vision, around, progress) if "vision" in parts else None,
        images=resolve_images(settings.own_cnn, around) if "own_cnn" in parts else None,
        signals=resolve_signals(settings.signals, around) if "signals" in parts else None,
    )


def describe_table(table: Asset) -> str:
    """Which table is analysed, in a line."""
    if table.origin == "standin":
        return f"SYNTHETIC STAND-IN, not the real Pima data ({why(table.reasons)})"
    return f"{table.path} ({table.origin})"


def _describe(asset: Asset) -> Mapping[str, Any]:
    """What the report prints of an input; no path of this machine is in it."""
    return {
        "origin": asset.origin,
        "file": asset.path.name,
        "sha256": asset.sha256,
        "licence": asset.licence,
        "source": asset.source,
        "reasons": [{"place": reason.place, "cause": reason.cause} for reason in asset.reasons],
    }

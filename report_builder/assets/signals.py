"""The signals of a study: a file that the settings name, else simulated heartbeats.

No package is imported: an unchanged rebuild passes here, and what the file holds is read by the first step.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.assets.asset import Origin
from report_builder.assets.photographs import USER_LICENCE
from report_builder.assets.vision import Surroundings
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import MEMORY, remembered_digest

if TYPE_CHECKING:
    from report_builder.settings import Signals

ENDINGS = (".csv", ".npz")
SIMULATION = Path("report_builder") / "datasets" / "heartbeats.py"
SIMULATED_LICENCE = "The project's own: simulated by the build"


@dataclass(frozen=True)
class SignalsInput:
    """The signals of a build. path: of the user's file; None where they are simulated.

    files: "signals", a copy of the user's file in a folder that is named by its content, so that nobody can
    change it while steps run; where they are simulated, the module that does it.
    """

    path: Path | None
    sha256: str
    files: Mapping[str, Path]

    @property
    def simulated(self) -> bool:
        return self.path is None

    @property
    def values(self) -> dict[str, Any]:
        """What the steps are given."""
        return {"simulated": self.simulated}

    @property
    def asset_values(self) -> dict[str, Any]:
        """What the report prints of the signals; no path of this machine is in it."""
        origin: Origin = "embedded" if self.path is None else "settings"
        return {
            "origin": origin,
            "simulated": self.simulated,
            "file": "" if self.path is None else self.path.name,
            "sha256": self.sha256,
            "licence": SIMULATED_LICENCE if self.path is None else USER_LICENCE,
        }

    def __str__(self) -> str:
        """Which signals are classified, for the command's first lines."""
        return "signals: simulated heartbeats" if self.path is None else f"signals: {self.path} (settings)"


def resolve_signals(settings: Signals, around: Surroundings) -> SignalsInput:
    """The signals. Raises InputError for a file that is not there, cannot be read or is of no known kind."""
    if settings.file is None:
        return SignalsInput(None, "", {"signals": around.project / SIMULATION})
    path = around.project / settings.file
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"The settings name the signals {path} (signals.file), which ends neither in "
            f"{' nor in '.join(ENDINGS)}."
        )
    if not path.is_file():
        what = "which is not a file" if path.exists() else "which is not there"
        raise InputError(f"The settings name the signals {path} (signals.file), {what}.")
    try:
        digest = remembered_digest(path, around.cache / MEMORY)
        kept = _kept(path, digest, around.cache)
    except OSError as error:
        raise InputError(f"The signals {path} cannot be read and copied ({error.strerror}).") from None
    return SignalsInput(path, digest, {"signals": kept})


def _kept(path: Path, digest: str, cache: Path) -> Path:
    hashes, folder = cache / MEMORY, cache / "assets" / "signals" / digest[:32]
    target = folder / path.name
    if target.is_file() and remembered_digest(target, hashes) == digest:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(path, unfinished)
    unfinished.replace(target)
    if remembered_digest(target, hashes) != digest:
        raise InputError(f"The signals {path} were changed while they were read; start the build again.")
    return target

"""What a step is: a function that turns saved results and settings into a saved result."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a rebuild in which nothing changed reads no array: it need not load numpy
    import numpy as np

Values = dict[str, Any]


class DeclarationError(ValueError):
    """The steps, settings or files do not fit together; nothing was run."""


@dataclass(frozen=True)
class Saved:
    """The result of a finished step: plain values and the files in its folder.

    digest: SHA-256 over the values and the hash of every file; equal results have equal digests.
    """

    name: str
    values: Mapping[str, Any]
    folder: Path
    digest: str = ""

    @classmethod
    def given(cls, name: str, values: Mapping[str, Any]) -> Saved:
        """A result that comes from outside the pipeline (settings, provenance): values, no files."""
        checked = plain(values, name)
        return cls(name, checked, Path(f"<{name} was given: it has no files>"), result_digest(checked, {}))

    def file(self, name: str) -> Path:
        return self.folder / name

    def arrays(self, name: str = "arrays") -> dict[str, np.ndarray]:
        """All arrays of `<name>.npz`, read without pickle."""
        import numpy as np

        with np.load(self.folder / f"{name}.npz", allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}


def ignored(_done: int, _total: int) -> None:
    """The progress of a step that nobody watches."""


@dataclass(frozen=True)
class Work:
    """What a running step may see: nothing but what it declared.

    `settings` holds only the declared keys, by dotted name; `needs` the results of the
    declared steps; `files` the declared input files; `folder` is where it writes.
    `device` is the build's device for a step declared `on_device`, else "cpu". `resumes`, for a
    step declared so, is a folder that outlives a killed run, for what the next goes on from; it is removed
    once the step has its result. `progress(done, total)` is shown to who watches the run.
    """

    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, Saved] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    device: str = "cpu"
    resumes: Path | None = None
    progress: Callable[[int, int], None] = ignored

    def save(self, name: str = "arrays", /, **arrays: np.ndarray) -> None:
        """Write arrays to `<name>.npz`; object arrays are refused (they would need pickle)."""
        import numpy as np

        for key, array in arrays.items():
            if np.asarray(array).dtype == object:
                raise TypeError(f"array {key!r} of {name}.npz holds Python objects")
        np.savez(self.folder / f"{name}.npz", allow_pickle=False, **arrays)


@dataclass(frozen=True)
class Step:
    """A declared step; `function` is "package.module:function" so that nothing heavy is imported.

    name: also the place of its values in results.json; dots nest.
    needs: names of steps whose saved results it reads.
    settings: dotted settings that it reads; a table name stands for the whole table.
    files: names of input files (assets) that it reads; their content is part of the key.
    parameters: JSON values that tell apart steps sharing one function.
    on_device: it computes on the GPU when there is one, and the device type is part of the key.
    imports: modules that the function imports by name; their code is part of the key as its own is.
    needs_if_there: results that it reads where they are known; the plan adds those to `needs`.
    resumes: it may take long, and goes on from what a killed run left in `Work.resumes`.
    """

    name: str
    function: str
    needs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    on_device: bool = False
    imports: tuple[str, ...] = ()
    needs_if_there: tuple[str, ...] = ()
    resumes: bool = False

    @property
    def module(self) -> str:
        return self.function.partition(":")[0]

    def load(self) -> Callable[[Work], Values]:
        module, _, function = self.function.partition(":")
        loaded: Callable[[Work], Values] = getattr(import_module(module), function)
        return loaded


def stable_json(value: object) -> str:
    """JSON that is the same for equal values: sorted keys, no NaN, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def sha256_text(text: str) -> str:
    # surrogatepass: a file name that is not UTF-8 arrives as surrogates and must hash, too
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def result_digest(values: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """The digest of a result: its values and the SHA-256 of each of its files."""
    return sha256_text(stable_json([values, files]))


def plain(value: object, path: str) -> Any:
    """`value` as plain JSON values (dict, list, str, int, float, bool, None).

    NumPy scalars and arrays or tensors of no dimension become Python numbers; tuples become lists.
    Raises ValueError for NaN and infinity and TypeError for anything else, naming the place as `path`.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{path} is {value}: a saved value must be finite")
        return float(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{path} has the key {key!r}: keys must be text")
        return {str(key): plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        number = value.item()
        if isinstance(number, bool | int | float | str) and type(number) is not type(value):
            return plain(number, path)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise TypeError(f"{path} is a {kind}: only plain JSON values are saved (arrays go to Work.save)")

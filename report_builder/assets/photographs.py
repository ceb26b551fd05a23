"""Which pictures are explained, and where they come from.

For FarmNet the drawn scenes that come with the project, unless the settings name a folder. For any other
network the first that has pictures: the folder that the settings name, data/images/, images/ in the folder
that REPORT_DATA names, the photographs pinned in data/photographs.toml (in the cache, else downloaded), and
those that scikit-image and scikit-learn bring. No package is imported: an unchanged rebuild passes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from report_builder.assets.asset import Origin, Place, Reason, list_places, why
from report_builder.assets.attempts import PATIENCE, RETRY_AFTER
from report_builder.assets.pinned import Pinned, fetch_missing, missing, read_pinned, refusal
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import MEMORY, remembered_digest
from report_builder.pipeline.step import sha256_text

# At most sixty are explained and sixteen others stand for "the network sees something else"
MOST = 76
# The classes of the assignment, shown first
FIRST = ("boxer", "Egyptian cat", "Persian cat", "Leonberg", "lynx", "tiger")
FARMYARD = Path("data") / "farmyard"
PINNED = Path("data") / "photographs.toml"
ENDINGS = (
    *(".avif", ".bmp", ".gif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm"),
    *(".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)
USER_LICENCE = "not known: a file of the user's"
FARMYARD_LICENCE = "The project's own"
FARMYARD_SOURCE = "Scenes drawn by the project itself (data/README.md)"
# Package, file in it, licence, source. No class: of none it is certain that ImageNet has just one for it.
PACKAGED = (
    ("skimage", "data/chelsea.png", "CC0, Stefan van der Walt", "scikit-image"),
    (
        "sklearn",
        "datasets/images/china.jpg",
        "CC BY 2.0, danielbuechele",
        "https://www.flickr.com/photos/danielbuechele/6061409035/",
    ),
    ("skimage", "data/coffee.png", "CC0, Rachel Michetti", "scikit-image"),
    (
        "sklearn",
        "datasets/images/flower.jpg",
        "CC BY 2.0, vultilion",
        "https://www.flickr.com/photos/vultilion/6056698931/",
    ),
)
_CLASS = re.compile(r"(n\d{8})_(.+)")
# ImageNet has two cranes and two maillots; torchvision tells them apart by these names
_TOLD_APART = {"n02012849": "crane bird", "n03710721": "maillot tank suit"}


@dataclass(frozen=True)
class Photograph:
    """One picture file. class_name: of ImageNet, as torchvision spells it; None where it is not known."""

    path: Path
    sha256: str
    class_name: str | None
    licence: str
    source: str


@dataclass(frozen=True)
class Photographs:
    """Pictures in the order in which they are shown. reasons: why earlier places did not give them.

    farmyard: they are the project's drawn scenes, each followed by its part map.
    """

    origin: Origin
    pictures: tuple[Photograph, ...]
    farmyard: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def sha256(self) -> str:
        """Over the files' hashes and names: that of what `sha256sum` prints of them, by name."""
        named = sorted((picture.path.name, picture.sha256) for picture in self.pictures)
        return sha256_text("".join(f"{digest}  {name}\n" for name, digest in named))


@dataclass(frozen=True)
class PhotographPlaces:
    """Where pictures are looked for. folder: what the settings name, relative to `project`."""

    folder: Path | None
    project: Path
    environ: Mapping[str, str]
    cache: Path
    offline: bool
    patience: float = PATIENCE
    retry_after: float = RETRY_AFTER

    def pinned(self) -> Pinned:
        """The pinned photographs. Raises InputError for a list that cannot be read."""
        kept = self.cache / "assets" / "photographs"
        return Pinned(read_pinned(self.project / PINNED), kept, self.offline, self.patience, self.retry_after)

    @property
    def hashes(self) -> Path:
        return self.cache / MEMORY


def resolve_photographs(farmnet: bool, places: PhotographPlaces) -> Photographs:
    """The pictures to explain to FarmNet, or to another network.

    Raises InputError for a folder that the settings name and that has none, and where no place has any.
    """
    if places.folder is not None:
        named = places.project / places.folder
        fault = _folder_fault("settings", named)
        if fault is not None:
            raise InputError(f"The settings name the pictures {named}, and {fault.detail}.")
        return Photographs("settings", _own(named, places))
    if farmnet:
        return Photographs("embedded", _farmyard(places), farmyard=True)
    reasons = [Reason("settings", "unset", "the settings name no folder")]
    for origin, folder in _folders(places):
        fault = _missing_folder() if folder is None else _folder_fault(origin, folder)
        if fault is None and folder is not None:
            return Photographs(origin, _own(folder, places), reasons=tuple(reasons))
        if fault is not None:
            reasons.append(fault)
    pinned = places.pinned()
    lacking = missing(pinned)
    if lacking is None:
        return Photographs("cache", _pinned(pinned), reasons=tuple(reasons))
    reasons.append(lacking)
    failure = refusal(pinned) or fetch_missing(pinned)
    if failure is None:
        return Photographs("download", _pinned(pinned), reasons=tuple(reasons))
    reasons.append(failure)
    packaged = _packaged(places)
    if not packaged:
        raise InputError(f"There are no pictures: {why(reasons)}.")
    return Photographs("packages", packaged, reasons=tuple(reasons))


def describe_photographs(farmnet: bool, places: PhotographPlaces) -> tuple[Place, ...]:
    """All places in their order, with the one that a build would use; nothing is downloaded."""
    named = None if places.folder is None else places.project / places.folder
    found: list[tuple[Origin, str, Reason | None]] = []
    if named is None:
        found.append(("settings", "", Reason("settings", "unset", "the settings name no folder")))
    else:
        found.append(("settings", str(named), _folder_fault("settings", named)))
    if farmnet:
        scenes = places.project / FARMYARD
        found.append(("embedded", str(scenes), _folder_fault("embedded", scenes)))
    else:
        for origin, folder in _folders(places):
            fault = _missing_folder() if folder is None else _folder_fault(origin, folder)
            found.append((origin, str(folder or ""), fault))
        pinned = places.pinned()
        found.append(("cache", str(pinned.folder), missing(pinned)))
        found.append(("download", str(places.project / PINNED), refusal(pinned)))
        packages = ", ".join(dict.fromkeys(package for package, *_ in PACKAGED))
        absent = Reason("packages", "absent", "the packages bring no pictures")
        found.append(("packages", packages, None if _packaged_files() else absent))
    return list_places(found, named is not None)


def class_in(name: str) -> str | None:
    """The class that a file name carries: n02123394_Persian_cat.JPEG, as ImageNet's samples are named."""
    match = _CLASS.fullmatch(Path(name).stem)
    if match is None:
        return None
    return _TOLD_APART.get(match[1], match[2].replace("_", " "))


def _folders(places: PhotographPlaces) -> Iterator[tuple[Origin, Path | None]]:
    yield "project", places.project / "data" / "images"
    named = places.environ.get("REPORT_DATA")
    yield "environment", Path(named) / "images" if named else None


def _missing_folder() -> Reason:
    return Reason("environment", "unset", "REPORT_DATA is not set")


def _folder_fault(origin: Origin, folder: Path) -> Reason | None:
    try:
        if _picture_files(folder):
            return None
        detail = f"{folder} holds no pictures"
    except OSError as error:
        detail = f"{folder} is not a folder that can be read ({error.strerror})"
    return Reason(origin, "absent", detail)


def _picture_files(folder: Path) -> list[Path]:
    """Its pictures by name; the part maps of drawn scenes are none."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    shown = (path for path in files if not path.name.startswith(".") and ".parts." not in path.name)
    return sorted(shown, key=lambda path: (path.name.lower(), path.name))


def _own(folder: Path, places: PhotographPlaces) -> tuple[Photograph, ...]:
    return tuple(
        Photograph(path, _digest(path, places), class_in(path.name), USER_LICENCE, f"{path.name}, the user's")
        for path in _in_order(_picture_files(folder))
    )


def _in_order(files: Iterable[Path]) -> list[Path]:
    """One of each class of the assignment, then the others; the order given otherwise."""
    others = list(files)
    first = []
    for name in FIRST:
        chosen = next((path for path in others if class_in(path.name) == name), None)
        if chosen is not None:
            first.append(chosen)
            others.remove(chosen)
    return [*first, *others][:MOST]


def _pinned(pinned: Pinned) -> tuple[Photograph, ...]:
    entries = {entry.file: entry for entry in pinned.entries}
    return tuple(
        Photograph(
            pinned.folder / path.name,
            entries[path.name].sha256,
            class_in(path.name),
            entries[path.name].licence,
            entries[path.name].source,
        )
        for path in _in_order(Path(name) for name in sorted(entries))
    )


def _farmyard(places: PhotographPlaces) -> tuple[Photograph, ...]:
    """Every file of the folder: a step that draws scenes depends on their part maps, too."""
    folder = places.project / FARMYARD
    fault = _folder_fault("embedded", folder)
    if fault is not None:
        raise InputError(f"The drawn scenes are missing: {fault.detail}.")
    return tuple(
        Photograph(path, _digest(path, places), None, FARMYARD_LICENCE, FARMYARD_SOURCE)
        for path in sorted(folder.glob("*.png"))
    )


def _packaged(places: PhotographPlaces) -> tuple[Photograph, ...]:
    return tuple(
        Photograph(path, _digest(path, places), None, licence, source)
        for path, licence, source in _packaged_files()
    )


def _packaged_files() -> list[tuple[Path, str, str]]:
    found = []
    for package, inner, licence, source in PACKAGED:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if (path := Path(folder) / inner).is_file():
                found.append((path, licence, source))
                break
    return found


def _digest(path: Path, places: PhotographPlaces) -> str:
    try:
        return remembered_digest(path, places.hashes)
    except OSError as error:
        raise InputError(f"The picture {path} cannot be read: {error.strerror}.") from None

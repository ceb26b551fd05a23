"""The user's own sections: folders that the settings name, and those that installed packages bring.

A folder is a Python package of the section's name: `__init__.py` with SECTION, `compute.py`, `draw.py`, and
beside them `<name>.html` and `<name>.toml` (docs/own-sections.md).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from report_builder.contents import OwnSection
from report_builder.errors import InputError
from report_builder.sections.declaration import Section

GROUP = "report_builder.sections"  # of the entry points: name = "package.of.the.section"


def own_sections(folders: Sequence[Path]) -> tuple[OwnSection, ...]:
    """The sections in the folders, then those of installed packages, by name.

    A folder's parent is put at the end of the module path, where worker processes look, too.
    Raises InputError for a folder that is no section.
    """
    modules = [_imported(folder) for folder in folders]
    modules += [import_module(point.value) for point in sorted(entry_points(group=GROUP))]
    return tuple(_described(module) for module in modules)


def _imported(folder: Path) -> ModuleType:
    place = folder.absolute()
    if not (place / "__init__.py").is_file():
        raise InputError(f"The settings name the section {folder}, and there is no {place / '__init__.py'}.")
    if not place.name.isidentifier():
        raise InputError(f"The folder {folder} of a section must be named like a Python module.")
    if str(place.parent) not in sys.path:
        sys.path.append(str(place.parent))
    try:
        module = import_module(place.name)
    except Exception as error:
        raise InputError(
            f"The section {folder} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if module.__file__ is None or Path(module.__file__).parent.resolve() != place.resolve():
        raise InputError(f"The section {folder} has the name of another Python module: rename its folder.")
    return module


def _described(module: ModuleType) -> OwnSection:
    section = getattr(module, "SECTION", None)
    assert module.__file__ is not None
    folder = Path(module.__file__).parent
    if not isinstance(section, Section):
        raise InputError(f"The section {folder} declares no SECTION in its __init__.py.")
    if section.package != module.__name__:
        raise InputError(f"The section {folder} must be declared with package=__name__.")
    files = {
        f"templates/sections/{section.name}.{kind}": f"{section.name}.{kind}" for kind in ("html", "toml")
    }
    for file in files.values():
        if not (folder / file).is_file():
            raise InputError(f"The section {folder} has no {file}.")
    listed = {f"{module.__name__.replace('.', '/')}/{path.name}": path.name for path in folder.glob("*.py")}
    return OwnSection(section, {name: folder / file for name, file in (files | listed).items()})

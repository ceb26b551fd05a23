"""What code a step runs: the syntax trees of the project modules it imports, and the versions of the rest.

Nothing is imported to find out, so that a rebuild in which nothing changed loads no library. An import is
seen wherever it stands in a module (inside functions, too); a module imported by a computed name is not.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from report_builder.pipeline.step import DeclarationError, sha256_text, stable_json

PROJECT = "report_builder"
# Import names whose distribution has another name. `packages_distributions()` knows them all, but it
# reads the file list of every installed distribution, which takes longer than the rest of a rebuild.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "imblearn": "imbalanced-learn",
    "mpl_toolkits": "matplotlib",
    "pytorch_grad_cam": "grad-cam",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_CACHE_LIMIT = 1000


class _Source(NamedTuple):
    """What one version of a file says: the hash of its syntax tree, and its imports (level, module, name)."""

    hash: str
    imports: tuple[tuple[int, str, str], ...]


class _Place(NamedTuple):
    """Where a module lies: its file (None for a namespace package) and the folders of its submodules."""

    file: Path | None
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class CodeFingerprint:
    """digest: over modules (project module -> hash of its syntax tree) and versions (package -> version)."""

    digest: str
    modules: Mapping[str, str]
    versions: Mapping[str, str]


# By the hash of a file's bytes: what a file says depends on nothing else, so this cannot be stale.
_sources: dict[str, _Source] = {}


class Codebase:
    """The project's code as it is now; each file is read once, so one object gives one consistent view.

    roots: top-level packages whose modules are hashed; all others count with their version.
    cache: a file that keeps what was parsed, by content, for the next process.
    """

    def __init__(self, roots: Iterable[str] = (PROJECT,), cache: Path | None = None) -> None:
        self._roots = set(roots)
        self._cache = cache
        self._cache_is_read = False
        self._used: set[str] = set()
        self._parsed_anew = False
        self._places: dict[str, _Place | None] = {}
        self._read: dict[str, tuple[str, frozenset[str]]] = {}

    def fingerprint(self, *names: str) -> CodeFingerprint:
        """Of the modules named and all that they import. Raises DeclarationError where one is not found."""
        modules, others = self.modules(*names)
        versions = {"python": _PYTHON}
        for name in others:
            versions.update(_versions(name))
        digest = sha256_text(stable_json([modules, versions]))
        return CodeFingerprint(digest, modules, versions)

    def modules(self, *names: str) -> tuple[dict[str, str], set[str]]:
        """The modules named and the project modules that they import, transitively, with hashes; the
        packages beside them."""
        for module in names:
            self._roots.add(module.partition(".")[0])
            place = self._locate(module)
            if place is None or place.file is None:
                raise DeclarationError(f"the module {module} of a step was not found")
        hashes: dict[str, str] = {}
        others: set[str] = set()
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if not name or name in seen:
                continue
            seen.add(name)
            top, _, rest = name.partition(".")
            if top not in self._roots:
                if top not in sys.stdlib_module_names:
                    others.add(top)
                continue
            place = self._locate(name)
            if place is None:  # `from module import name`: the name of a function or a class
                continue
            if rest:
                waiting.append(name.rpartition(".")[0])  # importing a.b runs a/__init__.py first
            if place.file is not None:
                hashes[name], imported = self._module(name, place)
                waiting.extend(imported)
        return dict(sorted(hashes.items())), others

    def keep(self) -> None:
        """Write what was parsed to the cache file, if anything was."""
        if self._cache is None or not self._parsed_anew:
            return
        self._read_cache()
        wanted = _sources if len(_sources) <= _CACHE_LIMIT else {key: _sources[key] for key in self._used}
        body = stable_json({"python": _PYTHON, "sources": wanted})
        replace_text(self._cache, f"{sha256_text(body)}\n{body}")
        self._parsed_anew = False

    def _locate(self, name: str) -> _Place | None:
        if name not in self._places:
            parent, _, last = name.rpartition(".")
            if parent:
                above = self._locate(parent)
                self._places[name] = _find(last, above.folders) if above else None
            else:
                self._places[name] = _find_top(name)
        return self._places[name]

    def _module(self, name: str, place: _Place) -> tuple[str, frozenset[str]]:
        if name not in self._read:
            assert place.file is not None
            source = self._source(place.file)
            package = name if place.folders else name.rpartition(".")[0]
            self._read[name] = source.hash, frozenset(_absolute(source.imports, package))
        return self._read[name]

    def _source(self, file: Path) -> _Source:
        content = file.read_bytes()
        key = hashlib.sha256(content).hexdigest()
        self._used.add(key)
        if key not in _sources:
            self._read_cache()
        if key not in _sources:
            _sources[key] = _parse(content, key)
            self._parsed_anew = True
        return _sources[key]

    def _read_cache(self) -> None:
        if self._cache is None or self._cache_is_read:
            return
        self._cache_is_read = True
        try:
            checksum, _, body = self._cache.read_text("utf-8").partition("\n")
            if sha256_text(body) != checksum:
                return
            saved = json.loads(body)
        except (OSError, ValueError):
            return
        if saved["python"] == _PYTHON:
            for key, (digest, imports) in saved["sources"].items():
                _sources.setdefault(key, _Source(digest, tuple((*entry,) for entry in imports)))


def replace_text(file: Path, text: str) -> None:
    """Write `file` so that a reader sees the old text or the new one, never a part of either."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _parse(content: bytes, key: str) -> _Source:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        # not ours to report: the step that imports the file will fail, and say so with its traceback
        return _Source(f"unreadable {key}", ())
    imports: set[tuple[int, str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.update((0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imports.update((node.level, node.module or "", alias.name) for alias in node.names)
    return _Source(sha256_text(ast.dump(tree)), tuple(sorted(imports)))


def _absolute(imports: Iterable[tuple[int, str, str]], package: str) -> Iterable[str]:
    for level, module, name in imports:
        base = module
        if level:
            above = package.split(".")[: len(package.split(".")) - level + 1]
            base = ".".join([*above, module] if module else above)
        yield base
        if name and name != "*":
            yield f"{base}.{name}"


def _find_top(name: str) -> _Place | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    folders = tuple(Path(folder) for folder in spec.submodule_search_locations or ())
    file = Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    return _Place(file, folders)


def _find(name: str, folders: Iterable[Path]) -> _Place | None:
    for folder in folders:
        if (folder / name / "__init__.py").is_file():
            return _Place(folder / name / "__init__.py", (folder / name,))
        if (folder / f"{name}.py").is_file():
            return _Place(folder / f"{name}.py", ())
    namespace = tuple(folder / name for folder in folders if (folder / name).is_dir())
    return _Place(None, namespace) if namespace else None


@cache
def _versions(name: str) -> Mapping[str, str]:
    """The versions of the distributions that provide the import name; "absent" if none does."""
    distribution = DISTRIBUTIONS.get(name, name)
    try:
        return {distribution: metadata.version(distribution)}
    except metadata.PackageNotFoundError:
        found = _providers().get(name, ())
        return {each: metadata.version(each) for each in sorted(set(found))} or {name: "absent"}


@cache
def _providers() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()

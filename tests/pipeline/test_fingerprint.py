"""The fingerprint follows every import of the project's code, and no comment."""

import os
import sys

import pytest

from report_builder.pipeline.fingerprint import PROJECT, Codebase
from report_builder.pipeline.step import DeclarationError

FILES = {
    "__init__.py": "",
    "start.py": "import {p}.absolute\nfrom . import sibling\nfrom .sub import leaf as other\nimport json\n",
    "absolute.py": "def f():\n    from {p}.late import g\n    return g\n",
    "late.py": "from sklearn import tree\ng = 1\n",
    "sibling.py": "from {p}.sub.deeper.end import *\nclass K:\n    import numpy as np\n",
    "sub/__init__.py": "from ..from_init import X\n",
    "from_init.py": "X = 1\n",
    "sub/leaf.py": "from .. import start\n",  # a circle
    "sub/deeper/end.py": "import no_such_package_at_all\n",  # deeper/ is a namespace package
    "unrelated.py": "",
}


@pytest.fixture
def package(tmp_path, monkeypatch, request):
    name = f"fp_{abs(hash(request.node.name))}"
    for file, code in FILES.items():
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code.format(p=name))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / name


def code_fingerprint(module, roots=(PROJECT,)):
    """As a process that has read no code yet finds it."""
    return Codebase(roots).fingerprint(module)


def test_every_import_is_followed_and_nothing_is_imported(package):
    before = set(sys.modules)
    found = code_fingerprint(f"{package.name}.start")
    inside = {name.removeprefix(package.name).removeprefix(".") for name in found.modules}
    expected = {"", "start", "absolute", "late", "sibling", "sub", "from_init", "sub.leaf", "sub.deeper.end"}
    assert inside == expected
    assert set(found.versions) == {"python", "scikit-learn", "numpy", "no_such_package_at_all"}
    assert found.versions["no_such_package_at_all"] == "absent"
    assert not {name for name in set(sys.modules) - before if name.startswith((package.name, "sklearn"))}


@pytest.mark.parametrize("file", sorted(set(FILES) - {"unrelated.py"}))
def test_code_counts_and_comments_and_layout_do_not(package, file):
    module = f"{package.name}.start"
    first = code_fingerprint(module)
    path = package / file
    path.write_text("# a comment\n\n" + path.read_text() + "\n# the end\n")
    assert code_fingerprint(module) == first
    path.write_text(path.read_text() + "ADDED = 1\n")
    changed = code_fingerprint(module)
    assert changed.digest != first.digest
    assert {name for name in first.modules if first.modules[name] != changed.modules[name]} == {
        ".".join([package.name, *file.removesuffix(".py").removesuffix("__init__").split("/")]).strip(".")
    }


def test_an_unrelated_module_does_not_count(package):
    first = code_fingerprint(f"{package.name}.start")
    (package / "unrelated.py").write_text("X = 2\n")
    assert code_fingerprint(f"{package.name}.start") == first


def test_same_size_and_time_do_not_hide_an_edit(package):
    path = package / "from_init.py"
    times = path.stat()
    first = code_fingerprint(f"{package.name}.start")
    path.write_text("X = 2\n")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert code_fingerprint(f"{package.name}.start").digest != first.digest


def test_code_that_does_not_parse_counts_as_changed(package):
    first = code_fingerprint(f"{package.name}.start")
    (package / "late.py").write_text("def broken(:\n")
    assert code_fingerprint(f"{package.name}.start").digest != first.digest


def test_roots_decide_what_is_project_code(package):
    module = f"{package.name}.start"
    (package / "late.py").write_text("import report_builder.pipeline.step\n")
    assert "report_builder.pipeline.step" in code_fingerprint(module).modules
    only_own = code_fingerprint(module, roots=())
    assert "report_builder.pipeline.step" not in only_own.modules


def test_a_missing_module_is_named():
    with pytest.raises(DeclarationError, match=r"report_builder\.nowhere"):
        code_fingerprint("report_builder.nowhere")


@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b.replace(b"late", b"lute"), lambda b: b""])
def test_a_damaged_parse_cache_is_not_believed(package, tmp_path, monkeypatch, damage):
    cache = tmp_path / "code.json"
    module = f"{package.name}.start"
    fresh = {}
    monkeypatch.setattr("report_builder.pipeline.fingerprint._sources", fresh)
    codebase = Codebase([package.name], cache)
    first = codebase.fingerprint(module)
    codebase.keep()
    fresh.clear()
    monkeypatch.setattr("report_builder.pipeline.fingerprint._parse", None)  # the cache alone must do
    assert Codebase([package.name], cache).fingerprint(module) == first
    monkeypatch.undo()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("report_builder.pipeline.fingerprint._sources", {})
    cache.write_bytes(damage(cache.read_bytes()))
    assert Codebase([package.name], cache).fingerprint(module) == first

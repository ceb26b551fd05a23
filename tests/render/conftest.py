import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from report_builder.contents import Chapter
from report_builder.pipeline.step import Saved, Work
from report_builder.render.assembly import Front, assemble
from report_builder.render.fragment import PROJECT, draw_section, fragment_step
from report_builder.sections.declaration import Section

TRIAL = Path(__file__).parent / "trial"
CHAPTERS = (Chapter("data", ("trial",)), Chapter("models", ("sequel",)))
ODD_NAMES = [
    "<b>a & b</b>",
    "price ($)",
    "a_b^2",
    r"C:\new",
    "\u202eoverride",
    "ستون فارسی",
    "emoji 🙂",
    "x" * 40,
]
RESULT = {
    "n": 154,
    "accuracy": 0.7532,
    "interval": [0.684, 0.818],
    "effect": -0.219,
    "odd": "<script>$a_b$ &amp; \u202e\\x",
    "names": ODD_NAMES,
}
SECTIONS = {
    "trial": Section(
        "trial", reads=("trial",), listings=("report_builder.render.numbers:format_number",), answers=("T98",)
    ),
    "sequel": Section("sequel", reads=("trial",)),
}


DAY = date(2025, 7, 12)


@pytest.fixture(scope="session")
def chapters():
    return CHAPTERS


@pytest.fixture(scope="session")
def sections():
    return SECTIONS


@pytest.fixture(scope="session")
def result():
    return RESULT


@pytest.fixture(scope="session")
def odd_names():
    return ODD_NAMES


@pytest.fixture(scope="session")
def files():
    """Every file of the frame by its name."""
    return project_files()


def project_files(*more: str) -> dict[str, Path]:
    """Every template by its name, and the trial's own."""
    files = {path.relative_to(PROJECT).as_posix(): path for path in (PROJECT / "templates").rglob("*.*")}
    own = {f"templates/sections/{path.name}": path for path in TRIAL.glob("*.*") if path.suffix != ".py"}
    return {name: PROJECT / name for name in more} | files | own


@pytest.fixture(scope="session")
def trial_modules():
    """The trial sections, importable as sections of the project are."""
    spec = importlib.util.spec_from_file_location("report_builder.sections.trial.draw", TRIAL / "draw.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    made = {}
    for name, section in SECTIONS.items():
        package = ModuleType(f"report_builder.sections.{name}")
        package.SECTION = section
        made |= {package.__name__: package, f"{package.__name__}.draw": draw}
    sys.modules.update(made)
    yield
    for name in made:
        del sys.modules[name]


@pytest.fixture(scope="session")
def fragments(trial_modules, tmp_path_factory):
    """language -> section -> the saved fragment."""
    return {language: _draw(language, tmp_path_factory.mktemp(language)) for language in ("en", "fa")}


def _draw(language: str, folder: Path) -> dict[str, Saved]:
    drawn = {}
    for name, section in SECTIONS.items():
        step = fragment_step(section, language)
        place = folder / name
        place.mkdir()
        files = project_files(*step.files)
        work = Work(
            place,
            settings={"tabular.names_fa": {}},
            needs={"trial": Saved("trial", RESULT, place)},
            files={file: files[file] for file in step.files},
            parameters=step.parameters,
        )
        drawn[name] = Saved(step.name, draw_section(work), place)
    return drawn


@pytest.fixture(scope="session")
def documents(fragments):
    """(language, paper) -> the assembled trial report."""
    fronts = {
        "en": Front(
            "Explaining a <network> & more", "A trial", "Explainable AI", "Ada & Lovelace", "00$42", day=DAY
        ),
        "fa": Front(
            "توضیح شبکه‌های عصبی",
            "یک آزمون",
            "هوش مصنوعی",
            "مریم Smith",
            "00$42",
            day=DAY,
            origin="standin",
            file="a<b>.json",
        ),
    }
    return {
        (language, paper): assemble(
            language, CHAPTERS, fragments[language], fronts[language], project_files(), paper=paper
        )
        for language in ("en", "fa")
        for paper in (False, True)
    }

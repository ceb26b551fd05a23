"""The table of contents: chapters and their sections, in the order in which the report prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from report_builder.errors import InputError
from report_builder.sections.declaration import Section


@dataclass(frozen=True)
class Chapter:
    """A chapter; its title is the sentence `chapter.<name>` of templates/frame.toml."""

    name: str
    sections: tuple[str, ...]


CHAPTERS = (
    Chapter("data", ("exploration", "preparation")),
    Chapter("models", ("mlp", "nam", "performance")),
    Chapter("explanations", ("lime", "shapley", "agreement", "all_samples")),
    Chapter("dependence", ("dependence",)),
    Chapter("vision", ("trust", "photographs")),
    Chapter(
        "maps",
        ("gradients", "class_activation", "smoothing", "path_methods", "perturbation", "depth", "map_grid"),
    ),
    Chapter("scores", ("map_scores", "randomisation")),
    Chapter("attacks", ("adversarial", "feature_visualisation")),
    Chapter(
        "own_network",
        ("own_cnn", "loss_saliency", "filters", "class_segments", "noise_sweep", "input_times_gradient"),
    ),
    Chapter("signals", ("signals", "relevance")),
    Chapter("checks", ("speed", "audit", "checklist", "provenance")),
)
# These print what the pages of all other sections hold, so they are drawn after them.
CLOSING = ("audit", "checklist", "provenance")


def section_names() -> tuple[str, ...]:
    return tuple(name for chapter in CHAPTERS for name in chapter.sections)


def load_section(name: str) -> Section:
    section: Section = import_module(f"report_builder.sections.{name}").SECTION
    return section


def chapters_with(only: Iterable[str]) -> tuple[Chapter, ...]:
    """The chapters reduced to the sections named; all of them where none is named.

    Raises InputError for a section that there is not.
    """
    wanted = tuple(only)
    for name in wanted:
        if name not in section_names():
            raise InputError(
                f"--only {name}: there is no such section; there are {', '.join(section_names())}."
            )
    if not wanted:
        return CHAPTERS
    reduced = (Chapter(c.name, tuple(s for s in c.sections if s in wanted)) for c in CHAPTERS)
    return tuple(chapter for chapter in reduced if chapter.sections)

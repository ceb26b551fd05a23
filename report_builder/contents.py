"""The table of contents: chapters and their sections, in the order in which the report prints them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from report_builder.errors import InputError
from report_builder.sections.declaration import Section


@dataclass(frozen=True)
class Chapter:
    """A chapter; its title is the sentence `chapter.<name>` of templates/frame.toml.

    part: of the study it belongs to; the chapter is left out of a report without that part.
    """

    name: str
    sections: tuple[str, ...]
    part: str | None = None


# Not a part of a study that settings name: it is there where there was a sweep
SWEEP = "sweep"
CHAPTERS = (
    Chapter("data", ("exploration", "preparation"), "tabular"),
    Chapter("models", ("mlp", "nam", "performance"), "tabular"),
    Chapter("explanations", ("lime", "shapley", "agreement", "all_samples"), "tabular"),
    Chapter("dependence", ("dependence",), "tabular"),
    Chapter("vision", ("trust", "photographs"), "vision"),
    Chapter(
        "maps",
        ("gradients", "class_activation", "smoothing", "path_methods", "perturbation", "depth", "map_grid"),
        "vision",
    ),
    Chapter("scores", ("map_scores", "randomisation", "speed"), "vision"),
    Chapter("attacks", ("adversarial", "feature_visualisation"), "vision"),
    Chapter(
        "own_network",
        ("own_cnn", "loss_saliency", "filters", "class_segments", "noise_sweep", "input_times_gradient"),
        "own_cnn",
    ),
    Chapter("signals", ("signals", "relevance"), "signals"),
    # the user's own sections stand here
    Chapter("certainty", ("certainty",), SWEEP),
    Chapter("checks", ("audit", "checklist", "provenance")),
)
OWN_SECTIONS = "own_sections"
# These print what the pages of all other sections hold, so they are drawn after them.
CLOSING = ("audit", "checklist", "provenance")


@dataclass(frozen=True)
class OwnSection:
    """A section that is not the project's. files: by the names that its steps use."""

    section: Section
    files: Mapping[str, Path]


@dataclass(frozen=True)
class Contents:
    """What one report is made of: its chapters, and all their sections by name, in order.

    files: of the user's own sections, by the names that their steps use.
    """

    chapters: tuple[Chapter, ...]
    sections: Mapping[str, Section]
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def analyses(self) -> tuple[str, ...]:
        """Names of the steps whose values are the results."""
        return tuple(step.name for section in self.sections.values() for step in section.steps)

    def chapters_with(self, only: Iterable[str]) -> tuple[Chapter, ...]:
        """The chapters reduced to the sections named; all of them where none is named.

        Raises InputError for a section that there is not.
        """
        wanted = tuple(only)
        for name in wanted:
            if name not in self.sections:
                raise InputError(
                    f"--only {name}: there is no such section; there are {', '.join(self.sections)}."
                )
        if not wanted:
            return self.chapters
        reduced = (replace(c, sections=tuple(s for s in c.sections if s in wanted)) for c in self.chapters)
        return tuple(chapter for chapter in reduced if chapter.sections)


def contents_of(parts: Collection[str], own: Sequence[OwnSection] = ()) -> Contents:
    """The contents of a study of these parts, with the user's own sections before what is about all others.

    Raises InputError where two sections have one name.
    """
    chosen = [chapter for chapter in CHAPTERS if chapter.part is None or chapter.part in parts]
    sections = {name: load_section(name) for chapter in chosen for name in chapter.sections}
    for each in own:
        if each.section.name in sections or each.section.name in section_names():
            raise InputError(f"There is a section {each.section.name} already: give yours another name.")
        sections[each.section.name] = each.section
    if own:
        names = tuple(each.section.name for each in own)
        closing = sum(chapter.name in ("certainty", "checks") for chapter in chosen)
        chosen.insert(len(chosen) - closing, Chapter(OWN_SECTIONS, names))
    ordered = {name: sections[name] for chapter in chosen for name in chapter.sections}
    return Contents(tuple(chosen), ordered, {k: v for each in own for k, v in each.files.items()})


def section_names() -> tuple[str, ...]:
    """All sections of the project's own."""
    return tuple(name for chapter in CHAPTERS for name in chapter.sections)


def load_section(name: str) -> Section:
    section: Section = import_module(f"report_builder.sections.{name}").SECTION
    return section

"""`python build.py init DIR`: the settings of a user's own study, with the comments of report.toml."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report_builder.assets.asset import write_atomically
from report_builder.errors import InputError
from report_builder.settings import TABLES

SETTINGS = "report.toml"
# What is found in the folder where the options name nothing
TABLE, IMAGES, SIGNALS = ("table.csv",), ("images",), ("signals.csv", "signals.npz")
_HEADING = re.compile(r"\[([\w.]+)\]")
_SETTING = re.compile(r"(?P<comment>#\s*)?(?P<key>\w+)\s*=")
# The end of a line from its comment on: strings before it are passed over whole
_COMMENT = re.compile(r"(?:[^\"#]|\"[^\"]*\")*?(?P<comment>\s*#.*)")


@dataclass(frozen=True)
class Study:
    """What the user says of the study; None for what is not said.

    target, positive: of the table, its last column and the greater value without them.
    """

    table: Path | None = None
    target: str | None = None
    positive: str | None = None
    images: Path | None = None
    signals: Path | None = None
    label: str | None = None
    sampling_rate: float | None = None
    title: str | None = None
    author: str | None = None


def start_study(folder: Path, study: Study, template: Path) -> Path:
    """Write `folder`/report.toml and return it.

    template: the project's settings, whose comments are kept; tables of parts without data are left out.
    Raises InputError where the file is there already, for data that cannot be read, and where the folder
    has no data and none is named.
    """
    file = folder / SETTINGS
    if file.exists():
        raise InputError(f"{file} is there already: it is left as it is.")
    table, images, signals = (
        named or _found(folder, names)
        for named, names in ((study.table, TABLE), (study.images, IMAGES), (study.signals, SIGNALS))
    )
    values: dict[str, Any] = {"report.title.en": study.title or folder.absolute().name}
    values |= {"report.title.fa": values["report.title.en"], "report.course.en": "", "report.course.fa": ""}
    if study.author:
        values |= {"report.author.en": study.author, "report.author.fa": study.author}
    parts = []
    if table is not None:
        parts.append("tabular")
        values |= _tabular(table, study, folder)
    if images is not None:
        parts.append("own_cnn")
        values["own_cnn.images"] = _relative(_there(images), folder)
    if signals is not None:
        parts.append("signals")
        values["signals.file"] = _relative(_there(signals), folder)
        given = {"signals.label": study.label, "signals.sampling_rate": study.sampling_rate}
        values |= {name: value for name, value in given.items() if value is not None}
    if not parts:
        raise InputError(
            f"There is nothing to study: name --table, --images or --signals, or put "
            f"{', '.join((*TABLE, *IMAGES, *SIGNALS))} into {folder}."
        )
    values["report.parts"] = parts
    text = fill_in(template.read_text(encoding="utf-8"), values, left_out=_left_out(parts))
    try:
        write_atomically(file, text)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror}).") from None
    return file


def fill_in(template: str, values: Mapping[str, Any], left_out: frozenset[str]) -> str:
    """The template with these values in place of its own, and without the tables `left_out`.

    A setting that stands there as a comment, as it has no default, is uncommented.
    """
    lines: list[str] = []
    heading, skipped = "", False
    for line in template.splitlines():
        if match := _HEADING.fullmatch(line.partition("#")[0].strip()):
            heading = f"{match[1]}."
            skipped = match[1].partition(".")[0] in left_out
        elif (match := _SETTING.match(line)) and heading + match["key"] in values:
            comment = _COMMENT.fullmatch(line.removeprefix(match["comment"] or ""))
            value = _toml(values[heading + match["key"]])
            line = f"{match['key']} = {value}{comment['comment'] if comment else ''}"
        if not skipped:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _tabular(path: Path, study: Study, folder: Path) -> dict[str, Any]:
    from report_builder.datasets.table import column_names, number_in, read_csv_table

    target = study.target or column_names(_there(path))[-1]
    positive = read_csv_table(path, target, study.positive).positive
    number = number_in(positive)
    return {
        "tabular.csv": _relative(path, folder),
        "tabular.target": target,
        "tabular.positive": positive if number is None else int(number) if number.is_integer() else number,
        "tabular.zero_is_missing": [],
        "tabular.drop_zero": [],
    }


def _left_out(parts: list[str]) -> frozenset[str]:
    return frozenset(table for part, tables in TABLES.items() if part not in parts for table in tables)


def _found(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).exists()), None)


def _there(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{path} is not there.")
    return path


def _relative(path: Path, folder: Path) -> str:
    """As the settings name it: relative to their own folder where it lies below, else from the root."""
    absolute, base = path.absolute(), folder.absolute()
    below = absolute.is_relative_to(base)
    return Path(os.path.relpath(absolute, base)).as_posix() if below else absolute.as_posix()


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

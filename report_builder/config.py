"""Reading the settings: a TOML file and `--set table.key=value`; errors name file, key and value."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from report_builder.errors import InputError
from report_builder.settings import Settings

# Settings that name a file or a folder
PATHS = (
    ("tabular", "csv"),
    ("vision", "weights"),
    ("vision", "images"),
    ("own_cnn", "images"),
    ("signals", "file"),
)
# Short names on the command line
SHORT = {f"{table}.lr": f"{table}.learning_rate" for table in ("mlp", "nam", "own_cnn", "filters", "signals")}
# what pydantic says of these in terms of Python
IN_SETTINGS_TERMS = {
    "model_type": "this is the name of a table of settings, not of one setting",
    "path_type": "input should be a path in quotation marks",
    "missing": "a value is missing",
    "too_short": "at least one must be named",
}


def load_settings(file: Path | None, overrides: Sequence[str] = (), cell: Sequence[str] = ()) -> Settings:
    """Settings from a TOML file (relative paths in it are relative to its folder) and `a.b=value` overrides:
    those of the option --set, and over them those of a cell of a sweep's --grid.

    Raises InputError with file, key, value and the nearest right name.
    """
    tables: dict[str, Any] = {} if file is None else _read(file)
    origin = "the defaults" if file is None else str(file)
    for table, key in PATHS:
        named = tables.get(table)
        if file is not None and isinstance(named, dict) and isinstance(named.get(key), str):
            named[key] = str(file.parent / named[key])
    report = tables.get("report")
    if file is not None and isinstance(report, dict) and isinstance(report.get("sections"), list):
        report["sections"] = [str(file.parent / str(folder)) for folder in report["sections"]]
    options = {"--set": overrides, "--grid": cell}
    for option, texts in options.items():
        for override in texts:
            _apply(tables, override, option)
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise InputError(_explain(error, origin, options)) from None


def full_name(key: str) -> str:
    """The dotted name of a setting that may be written in short: mlp.lr is mlp.learning_rate."""
    return SHORT.get(key, key)


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as nested JSON values."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    return values


def as_written(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings by dotted name, each as its file has it; text without quotation marks, nothing for one
    that is not set, and of a file or folder its name: a report names no path of the machine.
    """
    rows: dict[str, str] = {}
    for key, value in settings.items():
        name = f"{prefix}{key}"
        rows |= (
            as_written(value, f"{name}.") if isinstance(value, Mapping) else {name: _as_written(name, value)}
        )
    return rows


def _as_written(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in {f"{table}.{key}" for table, key in PATHS}:
        return Path(value).name
    if name == "report.sections":
        value = [Path(folder).name for folder in value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: is not valid TOML: {error}.") from None


def _apply(tables: dict[str, Any], override: str, option: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise InputError(f"{option} {override}: write it as table.key=value, for example mlp.epochs=30.")
    *names, last = full_name(key.strip()).split(".")
    place = tables
    for name in names:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            raise InputError(f"{option} {override}: {name} is a value, not a table.")
    place[last] = _value(text.strip())


def _value(text: str) -> Any:
    """A TOML value; anything that is not one is taken as a string, so that words need no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(error: ValidationError, origin: str, options: Mapping[str, Sequence[str]]) -> str:
    sentences = []
    seen = set()
    for fault in error.errors():
        path = [str(part) for part in fault["loc"]]
        if fault["type"] == "extra_forbidden":
            key = ".".join(path)
            sentence = _unknown(path)
        else:
            key = _known_part(path)
            if key in seen:  # a union reports one fault per alternative
                continue
            seen.add(key)
            reason = IN_SETTINGS_TERMS.get(fault["type"], fault["msg"][0].lower() + fault["msg"][1:])
            sentence = f"{key} = {fault['input']!r}: {reason}."
        named = [
            option
            for option, texts in options.items()
            if any(f"{full_name(text.partition('=')[0].strip())}.".startswith(f"{key}.") for text in texts)
        ]
        sentences.append(f"{named[-1] if named else origin}: {sentence}")
    return "\n".join(sentences)


def _known_part(path: Sequence[str]) -> str:
    """The dotted key without the names of union alternatives that pydantic appends."""
    known: list[str] = []
    model: Any = Settings
    for part in path:
        fields = getattr(model, "model_fields", None)
        if fields is None or part not in fields:
            break
        known.append(part)
        model = fields[part].annotation
    return ".".join(known) or ".".join(path)


def _unknown(path: Sequence[str]) -> str:
    model: Any = Settings
    for part in path[:-1]:
        model = model.model_fields[part].annotation
    near = difflib.get_close_matches(path[-1], model.model_fields, n=1, cutoff=0.4)
    everywhere = [".".join(k) for k in _all_keys(Settings, ()) if k[-1] == path[-1]]
    dotted = ".".join([*path[:-1], near[0]]) if near else everywhere[0] if everywhere else None
    hint = f"did you mean {dotted}?" if dotted else f"known here are {', '.join(model.model_fields)}."
    return f"there is no setting {'.'.join(path)}; {hint}"


def _all_keys(model: Any, prefix: tuple[str, ...]) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            keys += _all_keys(annotation, (*prefix, name))
        else:
            keys.append((*prefix, name))
    return keys

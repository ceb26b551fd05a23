"""What a result depends on: the parts of its key, and how two sets of parts differ, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from report_builder.pipeline.fingerprint import CodeFingerprint
from report_builder.pipeline.step import DeclarationError, Step, plain, sha256_text, stable_json

Parts = dict[str, Any]

_MISSING = object()
_HASH = 32  # hexadecimal digits of a key
_SHOWN = 60  # characters of a setting's value that a reason shows


@dataclass(frozen=True)
class Reason:
    """Why a step's saved result does not serve.

    kind: "setting", "parameter", "code", "version", "file", "upstream", "device", "function", or
    "new" (no result so far), "damaged" (the result is missing or was altered),
    "waiting" (an upstream step must rerun first; its result may come out the same).
    """

    kind: str
    name: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "new":
                return "no result so far"
            case "damaged":
                return "the saved result is missing or damaged"
            case "waiting":
                return f"upstream {self.name} must rerun"
            case "code":
                return f"code {self.name} {self.after}"
            case "file" | "upstream":
                return f"{self.kind} {self.name} {self.after}"
        return f"{self.kind} {self.name} {self.before} -> {self.after}".replace("  ", " ")


def pick(settings: Mapping[str, Any], dotted: str) -> Any:
    """The setting (or table) at a dotted name. Raises DeclarationError where there is none."""
    value: Any = settings
    for part in dotted.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise DeclarationError(f"there is no setting {dotted}")
        value = value[part]
    return value


def own_parts(
    step: Step,
    code: CodeFingerprint,
    settings: Mapping[str, Any],
    files: Mapping[str, str],
    device: str,
) -> Parts:
    """All parts of a step's key but the digests of its needs.

    settings: by dotted name; files: SHA-256 by name; device: as in "cuda:1", of which the type counts.
    Raises DeclarationError where a setting or a parameter is no plain JSON value.
    """
    try:
        return {
            "name": step.name,
            "function": step.function,
            "code": dict(code.modules),
            "versions": dict(code.versions),
            "settings": {name: plain(value, f"setting {name}") for name, value in settings.items()},
            "parameters": plain(step.parameters, "parameters"),
            "files": dict(files),
            "device": device.partition(":")[0] if step.on_device else "",
        }
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"step {step.name}: {error}") from error


def key_of(parts: Parts) -> str:
    """The key: the step's name, for people who look into the store, and the hash of all parts."""
    return f"{parts['name']}-{sha256_text(stable_json(parts))[:_HASH]}"


def name_of(key: str) -> str:
    """The name of the step whose key this is."""
    return key[: -_HASH - 1]


def changes(before: Mapping[str, Any] | None, after: Parts) -> tuple[Reason, ...]:
    """How `after` differs from the parts of the step's last result.

    The needs are compared only where `after` has them.
    """
    if before is None:
        return (Reason("new"),)
    try:
        return tuple(_changes(before, after))
    except (KeyError, TypeError, AttributeError):  # written by another version of this program
        return (Reason("new"),)


def _changes(before: Mapping[str, Any], after: Parts) -> Iterator[Reason]:
    if before["function"] != after["function"]:
        yield Reason("function", "", before["function"], after["function"])
    for part, kind in (("settings", "setting"), ("parameters", "parameter"), ("versions", "version")):
        for name, old, new in _differences(before[part], after[part]):
            yield Reason(kind, name, _shown(old), _shown(new))
    for part, kind in (("code", "code"), ("files", "file"), ("needs", "upstream")):
        if part in after:
            for name, old, new in _differences(before[part], after[part]):
                how = "is new" if old is _MISSING else "is gone" if new is _MISSING else "changed"
                yield Reason(kind, name, after=how)
    if before["device"] != after["device"]:
        yield Reason("device", "", before["device"] or "none", after["device"] or "none")


def _differences(before: Any, after: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{name}.{key}" if name else key
            yield from _differences(before.get(key, _MISSING), after.get(key, _MISSING), inner)
    elif before != after:
        yield name, before, after


def _shown(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    text = value if isinstance(value, str) else stable_json(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

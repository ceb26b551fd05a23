"""The settings: typed, frozen, read from a TOML file and from `--set table.key=value`."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError

from report_builder.errors import InputError

# strict: `true` is no number, nor is "15"
Fraction = Annotated[float, Field(gt=0, lt=1, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]
Batch = Annotated[int, Field(ge=2, strict=True)]
Rate = Annotated[float, Field(gt=0, strict=True)]
Share = Annotated[float, Field(ge=0, lt=1, strict=True)]
Weight = Annotated[float, Field(ge=0, strict=True)]
# Settings that name a file or a folder
PATHS = (("tabular", "csv"), ("vision", "weights"), ("vision", "images"))
# what pydantic says of these in terms of Python
IN_SETTINGS_TERMS = {
    "model_type": "this is the name of a table of settings, not of one setting",
    "path_type": "input should be a path in quotation marks",
    "missing": "a value is missing",
}


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Title(_Table):
    en: str = "Explaining Neural Networks"
    fa: str = "توضیح‌پذیری شبکه‌های عصبی"


class Course(_Table):
    en: str = "Trustworthy Artificial Intelligence"
    fa: str = "هوش مصنوعی قابل اعتماد"


class Author(_Table):
    en: str = ""
    fa: str = ""


class Report(_Table):
    title: Title = Title()
    course: Course = Course()
    author: Author = Author()
    student_number: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    date: date | Literal["today"] = "today"


class Tabular(_Table):
    csv: Path | None = None
    target: Annotated[str, Field(coerce_numbers_to_str=True)] = "Outcome"
    positive: StrictStr | StrictInt | StrictFloat = 1
    zero_is_missing: tuple[str, ...] = ("Insulin", "SkinThickness", "BloodPressure")
    drop_zero: tuple[str, ...] = ("BMI", "Glucose")
    test_share: Fraction = 0.2
    validation_share: Fraction = 0.1
    smote_neighbours: Positive = 5
    names_fa: dict[str, str] = {}


class Mlp(_Table):
    epochs: Positive = 15
    batch_size: Batch = 64
    learning_rate: Rate = 1e-3
    weight_decay: Weight = 0.0
    early_stopping: Positive | Literal[False] = False


class Nam(_Table):
    epochs: Positive = 50
    batch_size: Batch = 64
    learning_rate: Rate = 1e-3
    weight_decay: Weight = 0.0
    hidden: tuple[Positive, Positive] = (64, 32)
    dropout: Share = 0.1
    feature_dropout: Share = 0.05
    output_penalty: Weight = 1e-3
    early_stopping: Positive | Literal[False] = False


class Explain(_Table):
    samples: tuple[Annotated[int, Field(ge=0, strict=True)], ...] | Literal["rule"] = "rule"


class Lime(_Table):
    perturbations: Annotated[int, Field(ge=50, strict=True)] = 5000
    kernel_width: Rate = 0.75


class Shapley(_Table):
    background: Positive = 100


class Dependence(_Table):
    grid: Annotated[int, Field(ge=5, strict=True)] = 100
    ice_curves: Positive = 100


class Vision(_Table):
    network: StrictStr = "auto"
    weights: Path | None = None
    images: Path | None = None
    shown: Annotated[int, Field(ge=1, le=12, strict=True)] = 6
    layer: StrictStr = "auto"
    precision: Literal["float32", "bf16"] = "float32"
    pair: tuple[StrictStr, StrictStr] | Literal["auto"] = "auto"


class SmoothGrad(_Table):
    samples: Positive = 50
    sigma: Rate = 0.2
    pair_samples: Positive = 80


class IntegratedGradients(_Table):
    steps: Batch = 50


class GradientShap(_Table):
    samples: Positive = 50


class Occlusion(_Table):
    window: Positive = 16
    stride: Positive = 8


class LimeImage(_Table):
    samples: Batch = 500
    segments: Batch = 100
    features: Positive = 11
    minimum_weight: Weight = 0.05


class MapScores(_Table):
    scenes: Annotated[int, Field(ge=13, strict=True)] = 130
    samples: Positive = 6
    deletion_scenes: Positive = 20
    deletion_steps: Batch = 6


class Adversarial(_Table):
    chosen: Annotated[int, Field(ge=1, le=16, strict=True)] = 8
    pgd_steps: Positive = 10


class FeatureVisualisation(_Table):
    class_name: StrictStr = "hen"
    steps: Positive = 96
    images: Positive = 5


class Evaluation(_Table):
    bootstrap_draws: Annotated[int, Field(ge=100, strict=True)] = 2000


class Settings(_Table):
    """All settings of a run; the defaults are those of report.toml (a test compares them)."""

    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 7
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    report: Report = Report()
    tabular: Tabular = Tabular()
    mlp: Mlp = Mlp()
    nam: Nam = Nam()
    explain: Explain = Explain()
    lime: Lime = Lime()
    shapley: Shapley = Shapley()
    dependence: Dependence = Dependence()
    vision: Vision = Vision()
    smooth_grad: SmoothGrad = SmoothGrad()
    integrated_gradients: IntegratedGradients = IntegratedGradients()
    gradient_shap: GradientShap = GradientShap()
    occlusion: Occlusion = Occlusion()
    lime_image: LimeImage = LimeImage()
    map_scores: MapScores = MapScores()
    adversarial: Adversarial = Adversarial()
    feature_visualisation: FeatureVisualisation = FeatureVisualisation()
    evaluation: Evaluation = Evaluation()


def load_settings(file: Path | None, overrides: Sequence[str] = ()) -> Settings:
    """Settings from a TOML file (relative paths in it are relative to its folder) and `a.b=value` overrides.

    Raises InputError with file, key, value and the nearest right name.
    """
    tables: dict[str, Any] = {} if file is None else _read(file)
    origin = "the defaults" if file is None else str(file)
    for table, key in PATHS:
        named = tables.get(table)
        if file is not None and isinstance(named, dict) and isinstance(named.get(key), str):
            named[key] = str(file.parent / named[key])
    for override in overrides:
        _apply(tables, override)
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise InputError(_explain(error, origin, overrides)) from None


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as nested JSON values."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    return values


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: is not valid TOML: {error}.") from None


def _apply(tables: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise InputError(f"--set {override}: write it as table.key=value, for example mlp.epochs=30.")
    *names, last = key.strip().split(".")
    place = tables
    for name in names:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            raise InputError(f"--set {override}: {name} is a value, not a table.")
    place[last] = _value(text.strip())


def _value(text: str) -> Any:
    """A TOML value; anything that is not one is taken as a string, so that words need no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(error: ValidationError, origin: str, overrides: Sequence[str]) -> str:
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
        from_command = any(f"{o.partition('=')[0].strip()}.".startswith(f"{key}.") for o in overrides)
        sentences.append(f"{'--set' if from_command else origin}: {sentence}")
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

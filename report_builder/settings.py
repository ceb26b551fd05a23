"""The settings: typed tables with the defaults of report.toml; frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Part = Literal["tabular", "vision", "own_cnn", "signals"]
PARTS: tuple[Part, ...] = ("tabular", "vision", "own_cnn", "signals")
# The tables of settings that only these parts read
TABLES: Mapping[Part, tuple[str, ...]] = {
    "tabular": ("tabular", "mlp", "nam", "explain", "lime", "shapley", "dependence"),
    "vision": ("vision", "occlusion", "map_scores", "adversarial", "feature_visualisation"),
    "own_cnn": ("own_cnn", "filters", "class_segments", "noise_sweep"),
    "signals": ("signals",),
}

# strict: `true` is no number, nor is "15"
Fraction = Annotated[float, Field(gt=0, lt=1, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]
Batch = Annotated[int, Field(ge=2, strict=True)]
Rate = Annotated[float, Field(gt=0, strict=True)]
Share = Annotated[float, Field(ge=0, lt=1, strict=True)]
Weight = Annotated[float, Field(ge=0, strict=True)]


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
    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = PARTS
    sections: tuple[Path, ...] = ()
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
    shown: Annotated[int, Field(ge=1, le=60, strict=True)] = 6
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


class OwnCnn(_Table):
    images: Path | None = None
    retrain: StrictBool = False
    architecture: StrictStr = "small_vgg"
    size: Annotated[int, Field(ge=32, le=512, strict=True)] = 112
    epochs: Positive = 8
    batch_size: Batch = 64
    learning_rate: Rate = 4e-3
    validation_share: Fraction = 0.2
    scenes_per_class: Positive = 1500
    test_scenes: Annotated[int, Field(ge=39, strict=True)] = 130
    hard_scenes: Annotated[int, Field(ge=39, strict=True)] = 260
    pictures_per_class: Positive = 3


class Filters(_Table):
    per_layer: Positive = 4
    steps: Positive = 100
    learning_rate: Rate = 1.0


class ClassSegments(_Table):
    samples: Batch = 200


class NoiseSweep(_Table):
    pictures: Annotated[int, Field(ge=1, le=12, strict=True)] = 6


class Signals(_Table):
    file: Path | None = None
    label: StrictStr = "label"
    sampling_rate: Rate = 128.0
    simulated: Annotated[int, Field(ge=40, strict=True)] = 1200
    test_share: Fraction = 0.25
    epochs: Positive = 80
    batch_size: Batch = 32
    learning_rate: Rate = 5e-3
    noise: Weight = 0.4
    hidden: Positive = 48
    shown_per_class: Positive = 3
    scored: Positive = 200


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
    own_cnn: OwnCnn = OwnCnn()
    filters: Filters = Filters()
    class_segments: ClassSegments = ClassSegments()
    noise_sweep: NoiseSweep = NoiseSweep()
    signals: Signals = Signals()
    evaluation: Evaluation = Evaluation()

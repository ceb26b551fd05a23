"""The validity audit: each check is measured on the saved results and passes or fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from report_builder.pipeline.step import Saved, Values, Work
from report_builder.verdicts import ADDITIVITY_TOLERANCE, COMPLETENESS_TOLERANCE, ROUNDING_TOLERANCE


def run(work: Work) -> Values:
    """`{check: {"value", "passed"}}`; every value is a count or an error that should be zero or tiny."""
    pages = {name: saved for name, saved in work.needs.items() if name.startswith("fragment.")}
    of_parts = {"tabular": _tabular, "vision": _vision, "own_cnn": _own_network, "signals": _signals}
    checks: dict[str, Values] = {}
    for part in work.needs["study"].values["parts"]:
        checks |= of_parts[part](work)
    checks["numbers_that_differ_between_languages"] = _zero(_different_numbers(pages))
    failed = [name for name, check in checks.items() if not check["passed"]]
    return {
        **checks,
        "summary": {
            "checks": len(checks),
            "failed": failed,
            "passed": len(checks) - len(failed),
            "order": list(checks),
        },
    }


def _tabular(work: Work) -> dict[str, Values]:
    """Checks of the split, of the balance and of what must add up."""
    split = work.needs["split"].arrays()
    real = {
        part: split[f"rows_{part}"][split[f"rows_{part}"] >= 0] for part in ("train", "validation", "test")
    }
    balance = np.bincount(split["y_train"], minlength=2)
    return {
        "train_rows_in_test": _zero(len(np.intersect1d(real["train"], real["test"]))),
        "train_rows_in_validation": _zero(len(np.intersect1d(real["train"], real["validation"]))),
        "synthetic_rows_outside_train": _zero(
            int((split["rows_validation"] < 0).sum() + (split["rows_test"] < 0).sum())
        ),
        "test_rows_that_differ_between_models": _zero(_different_rows(work.needs["mlp"], work.needs["nam"])),
        "training_class_difference": _zero(int(abs(balance[0] - balance[1]))),
        "shapley_additivity_error": _small(work.needs["shapley"].values["additivity_error"]),
        "nam_additivity_error": _small(work.needs["nam"].values["additivity_error"]),
        "zeros_left_as_values": _zero(_zeros_left(split, work.settings)),
    }


def _vision(work: Work) -> dict[str, Values]:
    """Checks of the network, of the maps and of the attack."""
    needs = work.needs
    network = needs["network_checks"].values
    gated = needs["gradient_maps"].values["rectifiers"]
    completeness = needs["path_maps"].values["completeness"]["integrated_gradients"]
    return {
        "classes_that_differ_from_the_weights": _zero(network["class_faults"]),
        "rectifiers_not_gated": _zero(abs(network["rectifiers"] - gated)),
        "integrated_gradients_completeness_error": _within(
            completeness["relative_error"], COMPLETENESS_TOLERANCE
        ),
        "smooth_grad_error_without_noise": _within(
            needs["smoothing"].values["zero_noise_error"], ROUNDING_TOLERANCE
        ),
        "pixels_changed_by_an_attack_of_zero": _zero(needs["adversarial"].values["pixels_changed_at_zero"]),
    }


def _own_network(work: Work) -> dict[str, Values]:
    """Held-out pictures that the network was trained on, told by the content of their files."""
    return {"training_pictures_held_out": _zero(work.needs["own_pictures"].values["repeated"])}


def _signals(work: Work) -> dict[str, Values]:
    """Test signals that are training or validation signals, too."""
    arrays = work.needs["signals"].arrays()
    seen = {signal.tobytes() for part in ("train", "validation") for signal in arrays[f"{part}_x"]}
    return {"training_signals_in_test": _zero(sum(s.tobytes() in seen for s in arrays["test_x"]))}


def _zero(count: int) -> Values:
    return {"value": count, "passed": count == 0}


def _small(error: float) -> Values:
    return _within(error, ADDITIVITY_TOLERANCE)


def _within(error: float, tolerance: float) -> Values:
    return {"value": error, "passed": error <= tolerance}


def _different_rows(mlp: Saved, nam: Saved) -> int:
    """Rows that only one of the two models was tested on."""
    first, second = (Counter(saved.arrays()["test_rows"].tolist()) for saved in (mlp, nam))
    return sum(((first - second) + (second - first)).values())


def _zeros_left(split: Mapping[str, np.ndarray], settings: Mapping[str, object]) -> int:
    """Zeros, in the columns where a zero means "not measured", that the models were given as values."""
    names = [str(name) for name in split["feature_names"]]
    left = 0
    for name in {*_names(settings, "tabular.zero_is_missing"), *_names(settings, "tabular.drop_zero")}:
        if name in names:
            column = names.index(name)
            zero = -split["means"][column] / split["stds"][column]
            for part in ("train", "validation", "test"):
                left += int(np.isclose(split[f"x_{part}"][:, column], zero, rtol=0, atol=1e-12).sum())
    return left


def _names(settings: Mapping[str, object], key: str) -> Iterator[str]:
    names = settings[key]
    assert isinstance(names, list | tuple)
    return iter(names)


def _different_numbers(pages: Mapping[str, Saved]) -> int:
    """Printed numbers (place and value) that one language has and another lacks."""
    by_section: dict[str, list[Counter[tuple[str, str]]]] = {}
    for name, saved in pages.items():
        numbers = Counter((source, value) for source, value in saved.values["numbers"])
        by_section.setdefault(name.split(".")[1], []).append(numbers)
    different = 0
    for counters in by_section.values():
        everything = counters[0]
        for other in counters[1:]:
            everything = everything | other
        different += sum((everything - counter).total() for counter in counters)
    return different

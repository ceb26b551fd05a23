"""FGSM, PGD and random signs on farmyard scenes: rates and maps against epsilon, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from report_builder.assets.network import FARMNET_FILE
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.splits import split_scenes
from report_builder.methods.adversarial import Outcome, loss_sign, random_sign, step
from report_builder.methods.agreement import Estimate
from report_builder.methods.cam import default_layer
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import mass_accuracy, means_with_intervals
from report_builder.models.networks import Network, load_network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.adversarial import attacks

SCENES = 26  # farmyard test scenes, classes in turn; those without an animal are left out


def attack_scenes(work: Work) -> Values:
    """Farmyard test scenes that FarmNet has right: success, probabilities and maps against epsilon."""
    network = load_network("farmnet", file=work.files[FARMNET_FILE.as_posix()], device=work.device)
    drawn = split_scenes("test", SCENES)
    animal = drawn.labels != CLASSES.index("none")
    pixels = torch.from_numpy(drawn.images[animal]).to(work.device).permute(0, 3, 1, 2).float() / 255
    classes = torch.from_numpy(drawn.labels[animal]).to(work.device)
    right = attacks.predict(network, pixels).argmax(1) == classes
    objects = torch.from_numpy(drawn.objects[animal]).to(work.device)[right]
    pixels, classes = pixels[right], classes[right]
    chosen, seed = work.settings["adversarial"]["chosen"], work.settings["seed"]
    epsilons = attacks.epsilons_with(chosen)
    sign = loss_sign(
        network.module, pixels, classes, preprocess=network.normalise, batch=attacks.batch_size(pixels)
    )
    noise = random_sign(pixels, seed=seed)
    layer = default_layer(network.module)
    before = attacks.explain(network, pixels, classes, layer)
    scores: dict[str, np.ndarray] = {}
    for e in epsilons:
        attacked = step(pixels, sign, e / attacks.LEVELS)
        result = attacks.outcome_of(network, pixels, attacked, classes)
        tried = {
            "fgsm": result,
            "object": attacks.outcome_of(
                network, pixels, step(pixels, sign, e / attacks.LEVELS, objects), classes
            ),
            "background": attacks.outcome_of(
                network, pixels, step(pixels, sign, e / attacks.LEVELS, ~objects), classes
            ),
            "random": attacks.outcome_of(network, pixels, step(pixels, noise, e / attacks.LEVELS), classes),
        }
        if e <= chosen:  # above, hardly a scene is left that it would not flip
            stepped = attacks.pgd_at(work, network, pixels, classes, e)
            tried["pgd"] = attacks.outcome_of(network, pixels, stepped, classes)
        scores |= {f"success.{name}.{e}": _floats(found.success) for name, found in tried.items()}
        scores[f"probability.true.{e}"] = _floats(result.true_probability)
        scores[f"probability.wrong.{e}"] = _floats(result.wrong_probability)
        after = attacks.explain(network, attacked, classes, layer)
        for name, maps in after.items():
            scores[f"correlation.{name}.{e}"] = rank_correlation(before[name].cpu(), maps.cpu())
        if e == chosen:
            scores |= _attention(network, before, attacked, after, result, classes, objects, layer)
            scores["distance"] = _floats(result.distance)
    estimates = means_with_intervals(scores, seed=seed)
    return {
        "epsilons": list(epsilons),
        "half_at": next((e for e in epsilons if scores[f"success.fgsm.{e}"].mean() >= 0.5), None),
        "scenes": int(animal.sum()),
        "right": int(right.sum()),
        "wrong": int((~right).sum()),
        "object_area": float(objects.float().mean()),
        **_nested(estimates),
    }


def _floats(values: Tensor) -> np.ndarray:
    return values.cpu().double().numpy()


def _attention(
    network: Network,
    before: attacks.Maps,
    attacked: Tensor,
    after: attacks.Maps,
    result: Outcome,
    classes: Tensor,
    objects: Tensor,
    layer: str,
) -> dict[str, np.ndarray]:
    """Mass in the object and way of the centre of mass: of the class before, and of what is said after."""
    said = torch.where(result.success, result.prediction, classes)
    now = attacks.explain(network, attacked, said, layer)
    scores: dict[str, np.ndarray] = {}
    for key in before:
        found = {"before": before[key], "after": after[key], "said": now[key]}
        mass = {name: _floats(mass_accuracy(maps, objects)) for name, maps in found.items()}
        scores |= {f"mass.{key}.{name}": values for name, values in mass.items()}
        scores[f"mass.{key}.change"] = mass["said"] - mass["before"]
        scores[f"centre.{key}"] = (
            (attacks.centre_of_mass(now[key]) - attacks.centre_of_mass(before[key])).norm(dim=1).numpy()
        )
    return scores


def _nested(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    """Estimates by dotted name as nested values; what has an epsilon becomes a list in their order."""
    nested: dict[str, Any] = {}
    for dotted, estimate in estimates.items():
        *tables, last = dotted.split(".")
        values = {"value": estimate.value, "interval": [estimate.low, estimate.high]}
        place = nested
        for table in tables[:-1] if last.isdigit() else tables:
            place = place.setdefault(table, {})
        if last.isdigit():
            place.setdefault(tables[-1], []).append({"epsilon": int(last), **values})
        else:
            place[last] = values
    return nested

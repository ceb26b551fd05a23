"""FGSM, PGD and random signs on the pictures shown, and on farmyard scenes for rates with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from report_builder.assets.network import FARMNET_FILE
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.splits import split_scenes
from report_builder.methods.adversarial import Outcome, loss_sign, outcome, pgd, random_sign, step
from report_builder.methods.agreement import Estimate
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import default_layer, upsample
from report_builder.methods.passes import shared_passes
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude, mass_accuracy, means_with_intervals
from report_builder.models.networks import Network, load_network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, cam_layer, load, pictures

EPSILONS = (0, 1, 2, 4, 8, 16)  # in 255ths
LEVELS = 255
AMPLITUDE = 0.5  # to which the shown perturbation is amplified
SCENES = 26  # farmyard test scenes, classes in turn; those without an animal are left out
SHOWN_FIRST = ("Persian cat", "cat")  # the write-up's picture, and its counterpart on the farmyard
# The write-up clamped images after this normalisation to [0, 1]
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# Images at a time: on a processor, what its caches hold
BATCH = {"cpu": 8}
GPU_BATCH = 64

Maps = dict[str, Tensor]


def attack_pictures(work: Work) -> Values:
    """The pictures shown at every epsilon; one of them with its perturbation and its maps before and after.

    What is attacked is the network's own prediction. Pictures that it had wrong before are left out of the
    rates.
    """
    network = load(work)
    seen = pictures(work, network)
    pixels, described = seen.pixels, work.needs["photographs"].values["images"]
    chosen, seed = work.settings["adversarial"]["chosen"], work.settings["seed"]
    clean = _predict(network, pixels)
    classes = clean.argmax(1)
    right = (classes == seen.targets).cpu().numpy()
    sign = loss_sign(network.module, pixels, classes, preprocess=network.normalise, batch=_batch(pixels))
    epsilons = _epsilons(chosen)
    steps = {e: step(pixels, sign, e / LEVELS) for e in epsilons}
    outcomes = {e: _outcome(network, pixels, attacked, classes) for e, attacked in steps.items()}
    others = {
        "random": step(pixels, random_sign(pixels, seed=seed), chosen / LEVELS),
        "pgd": _pgd(work, network, pixels, classes, chosen),
    }
    compared = {name: _outcome(network, pixels, attacked, classes) for name, attacked in others.items()}
    flipped = outcomes[chosen].success.cpu().numpy()
    index = _shown_index([image["target_name"] for image in described], right, flipped)
    shown, arrays = _shown(work, network, seen, index, classes, steps, outcomes)
    work.save(sign=sign[index].cpu().numpy().astype(np.int8), attacked=steps[chosen].cpu().numpy(), **arrays)
    names = network.class_names
    rows: list[dict[str, Any]] = [
        {
            "name": names[int(classes[i])],
            "right": bool(right[i]),
            "before": float(clean[i, classes[i]]),
            "fgsm": _row(outcomes[chosen], i, names),
            **{name: _row(result, i, names) for name, result in compared.items()},
        }
        for i in range(len(pixels))
    ]
    return {
        "epsilons": list(epsilons),
        "chosen": {"levels": chosen, "of": LEVELS, "place": epsilons.index(chosen)},
        "amplification": AMPLITUDE * LEVELS / chosen,
        "count": len(pixels),
        "right": int(right.sum()),
        "wrong": int((~right).sum()),
        "pictures": rows,
        "flipped": {
            name: sum(row[name]["success"] for row in rows if row["right"])
            for name in ("fgsm", "random", "pgd")
        },
        "shown": shown,
        "pixels_changed_at_zero": int((steps[0] != pixels).sum()),
        "clamp": _clamp_alone(pixels, chosen / LEVELS),
    }


def attack_scenes(work: Work) -> Values:
    """Farmyard test scenes that FarmNet has right: success, probabilities and maps against epsilon."""
    network = load_network("farmnet", file=work.files[FARMNET_FILE.as_posix()], device=work.device)
    drawn = split_scenes("test", SCENES)
    animal = drawn.labels != CLASSES.index("none")
    pixels = torch.from_numpy(drawn.images[animal]).to(work.device).permute(0, 3, 1, 2).float() / 255
    classes = torch.from_numpy(drawn.labels[animal]).to(work.device)
    right = _predict(network, pixels).argmax(1) == classes
    objects = torch.from_numpy(drawn.objects[animal]).to(work.device)[right]
    pixels, classes = pixels[right], classes[right]
    chosen, seed = work.settings["adversarial"]["chosen"], work.settings["seed"]
    epsilons = _epsilons(chosen)
    sign = loss_sign(network.module, pixels, classes, preprocess=network.normalise, batch=_batch(pixels))
    noise = random_sign(pixels, seed=seed)
    layer = default_layer(network.module)
    before = _maps(network, pixels, classes, layer)
    scores: dict[str, np.ndarray] = {}
    for e in epsilons:
        attacked = step(pixels, sign, e / LEVELS)
        result = _outcome(network, pixels, attacked, classes)
        tried = {
            "fgsm": result,
            "object": _outcome(network, pixels, step(pixels, sign, e / LEVELS, objects), classes),
            "background": _outcome(network, pixels, step(pixels, sign, e / LEVELS, ~objects), classes),
            "random": _outcome(network, pixels, step(pixels, noise, e / LEVELS), classes),
        }
        if e <= chosen:  # above, hardly a scene is left that it would not flip
            stepped = _pgd(work, network, pixels, classes, e)
            tried["pgd"] = _outcome(network, pixels, stepped, classes)
        scores |= {f"success.{name}.{e}": _floats(found.success) for name, found in tried.items()}
        scores[f"probability.true.{e}"] = _floats(result.true_probability)
        scores[f"probability.wrong.{e}"] = _floats(result.wrong_probability)
        after = _maps(network, attacked, classes, layer)
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


def _epsilons(chosen: int) -> tuple[int, ...]:
    return tuple(sorted({*EPSILONS, chosen}))


def _batch(pixels: Tensor) -> int:
    return BATCH.get(pixels.device.type, GPU_BATCH)


def _predict(network: Network, pixels: Tensor) -> Tensor:
    """Probabilities (n, classes)."""
    size = _batch(pixels)
    blocks = [pixels[start : start + size] for start in range(0, len(pixels), size)]
    with torch.no_grad():
        return torch.cat([network.module(network.normalise(block)).softmax(1) for block in blocks])


def _outcome(network: Network, pixels: Tensor, attacked: Tensor, classes: Tensor) -> Outcome:
    return outcome(
        network.module, pixels, attacked, classes, preprocess=network.normalise, batch=_batch(pixels)
    )


def _pgd(work: Work, network: Network, pixels: Tensor, classes: Tensor, epsilon: int) -> Tensor:
    if epsilon == 0:
        return pixels
    return pgd(
        network.module,
        pixels,
        classes,
        epsilon / LEVELS,
        preprocess=network.normalise,
        seed=work.settings["seed"],
        steps=work.settings["adversarial"]["pgd_steps"],
        batch=_batch(pixels),
    )


def _floats(values: Tensor) -> np.ndarray:
    return values.cpu().double().numpy()


def _shown_index(names: list[str], right: np.ndarray, flipped: np.ndarray) -> int:
    """The picture whose attack is shown: one that was right and flips before one that does not, and among
    those one of SHOWN_FIRST before the others.
    """
    first = [names[i] in SHOWN_FIRST for i in range(len(names))]
    return max(range(len(names)), key=lambda i: (right[i] and flipped[i], right[i], first[i], -i))


def _row(result: Outcome, i: int, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "success": bool(result.success[i]),
        "prediction": names[int(result.prediction[i])],
        "true": float(result.true_probability[i]),
        "wrong_name": names[int(result.wrong_class[i])],
        "wrong": float(result.wrong_probability[i]),
        "distance": float(result.distance[i]),
        "largest": float(result.largest_change[i]),
    }


def _shown(
    work: Work,
    network: Network,
    seen: Pictures,
    index: int,
    classes: Tensor,
    steps: Mapping[int, Tensor],
    outcomes: Mapping[int, Outcome],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The picture shown at every epsilon, and its maps: of its class before and after, of the other after."""
    chosen, one = work.settings["adversarial"]["chosen"], slice(index, index + 1)
    other = outcomes[chosen].wrong_class
    result: dict[str, Any] = {
        "index": index,
        "name": network.class_names[int(classes[index])],
        "curve": [{"epsilon": e, **_row(found, index, network.class_names)} for e, found in outcomes.items()],
        "flips_at": next((e for e, found in outcomes.items() if found.success[index]), None),
    }
    try:
        layer = cam_layer(work, network)
        wanted = {"before": (0, classes), "after": (chosen, classes), "other": (chosen, other)}
        maps = {
            name: _maps(network, steps[e][one], targets[one], layer) for name, (e, targets) in wanted.items()
        }
    except NotApplicable as error:
        return result | {"left_out": {"grad_cam": error.key}}, {}
    arrays = {f"{key}_{name}": m.cpu().numpy() for name, found in maps.items() for key, m in found.items()}
    result["maps"] = {key: _moved(maps, key, seen, index) for key in maps["before"]}
    return result, arrays


def _moved(maps: Mapping[str, Maps], key: str, seen: Pictures, index: int) -> dict[str, Any]:
    """What became of one kind of map: rank correlation, way of the centre of mass, mass in the object."""
    before = maps["before"][key]
    moved: dict[str, Any] = {
        name: {
            "correlation": float(rank_correlation(before.cpu(), maps[name][key].cpu())[0]),
            "centre": float((_centre(maps[name][key]) - _centre(before)).norm()),
        }
        for name in ("after", "other")
    }
    if seen.objects is not None:
        inside = seen.objects[index : index + 1]
        moved["mass"] = {name: float(mass_accuracy(found[key], inside)) for name, found in maps.items()}
    return moved


def _maps(network: Network, pixels: Tensor, classes: Tensor, layer: str) -> Maps:
    """Grad-CAM and saliency (n, s, s)."""
    passes = shared_passes(network.module, network.normalise(pixels), classes, layers=(layer,))
    return {
        "grad_cam": upsample(passes.grad_cams[layer], pixels.shape[-2:]).clamp_min(0),
        "saliency": magnitude(passes.gradients["gradient"]),
    }


def _centre(maps: Tensor) -> Tensor:
    """Centre of mass (n, 2) in units of the picture's sides; the middle for a map of zeros."""
    mass = maps.double().cpu()
    mass = torch.where(mass.sum((1, 2), keepdim=True) > 0, mass, torch.ones_like(mass))
    mass = mass / mass.sum((1, 2), keepdim=True)
    places = [(torch.arange(n, dtype=torch.float64) + 0.5) / n for n in maps.shape[1:]]
    return torch.stack([mass.sum(2) @ places[0], mass.sum(1) @ places[1]], dim=1)


def _attention(
    network: Network,
    before: Maps,
    attacked: Tensor,
    after: Maps,
    result: Outcome,
    classes: Tensor,
    objects: Tensor,
    layer: str,
) -> dict[str, np.ndarray]:
    """Mass in the object and way of the centre of mass: of the class before, and of what is said after."""
    said = torch.where(result.success, result.prediction, classes)
    now = _maps(network, attacked, said, layer)
    scores: dict[str, np.ndarray] = {}
    for key in before:
        found = {"before": before[key], "after": after[key], "said": now[key]}
        mass = {name: _floats(mass_accuracy(maps, objects)) for name, maps in found.items()}
        scores |= {f"mass.{key}.{name}": values for name, values in mass.items()}
        scores[f"mass.{key}.change"] = mass["said"] - mass["before"]
        scores[f"centre.{key}"] = (_centre(now[key]) - _centre(before[key])).norm(dim=1).numpy()
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


def _clamp_alone(pixels: Tensor, epsilon: float) -> dict[str, float]:
    """What clamping images normalised as for ImageNet to [0, 1] does to pixels, without any attack."""
    mean, std = (torch.tensor(v, device=pixels.device)[:, None, None] for v in (IMAGENET_MEAN, IMAGENET_STD))
    clamped = ((pixels - mean) / std).clamp(0, 1) * std + mean
    change = (clamped - pixels).abs()
    return {
        "mean": float(change.mean()),
        "largest": float(change.max()),
        "share": float((change > 1e-6).float().mean()),  # more than rounding
        "times": float(change.mean()) / epsilon,
    }

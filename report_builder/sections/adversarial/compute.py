"""FGSM, PGD and random signs on the pictures shown, one of them with its maps before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.adversarial import Outcome, loss_sign, random_sign, step
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import mass_accuracy
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.adversarial import attacks
from report_builder.sections.seen import Pictures, blocks, cam_layer, load, pictures

AMPLITUDE = 0.5  # to which the shown perturbation is amplified
SHOWN_FIRST = ("Persian cat", "cat")  # the write-up's picture, and its counterpart on the farmyard
# The write-up clamped images after this normalisation to [0, 1]
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def attack_pictures(work: Work) -> Values:
    """The pictures shown at every epsilon; one of them with its perturbation and its maps before and after.

    What is attacked is the network's own prediction. Pictures that it had wrong before are left out of the
    rates.
    """
    network = load(work)
    seen = pictures(work, network)
    pixels, described = seen.pixels, work.needs["photographs"].values["images"]
    chosen = work.settings["adversarial"]["chosen"]
    attacked = _together([_attack(work, network, pixels[block]) for block in blocks(len(pixels))])
    clean, classes = attacked.clean, attacked.clean.argmax(1)
    right = (classes == seen.targets).cpu().numpy()
    outcomes, compared = attacked.fgsm, attacked.others
    flipped = outcomes[chosen].success.cpu().numpy()
    index = _shown_index([image["target_name"] for image in described], right, flipped)
    shown, arrays = _shown(work, network, seen, index, attacked)
    work.save(sign=attacked.sign[index].cpu().numpy(), attacked=attacked.chosen.cpu().numpy(), **arrays)
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
        "epsilons": list(outcomes),
        "chosen": {"levels": chosen, "of": attacks.LEVELS, "place": list(outcomes).index(chosen)},
        "amplification": AMPLITUDE * attacks.LEVELS / chosen,
        "count": len(pixels),
        "right": int(right.sum()),
        "wrong": int((~right).sum()),
        "pictures": rows,
        "flipped": {
            name: sum(row[name]["success"] for row in rows if row["right"])
            for name in ("fgsm", "random", "pgd")
        },
        "shown": shown,
        "pixels_changed_at_zero": attacked.changed_at_zero,
        "clamp": _clamp_alone(pixels, chosen / attacks.LEVELS),
    }


@dataclass(frozen=True)
class _Attacked:
    """What became of n pictures: probabilities before (n, classes), signs of the loss's gradient (n, 3, s, s)
    int8, FGSM by its size, the other attacks by name, the pixels (n, 3, s, s) after FGSM of the size shown,
    and how many values a step of no size changed.
    """

    clean: Tensor
    sign: Tensor
    fgsm: dict[int, Outcome]
    others: dict[str, Outcome]
    chosen: Tensor
    changed_at_zero: int


def _attack(work: Work, network: Network, pixels: Tensor) -> _Attacked:
    """The attacks on some pictures, of which only what is needed later is kept."""
    chosen, seed = work.settings["adversarial"]["chosen"], work.settings["seed"]
    clean = attacks.predict(network, pixels)
    classes = clean.argmax(1)
    sign = loss_sign(
        network.module, pixels, classes, preprocess=network.normalise, batch=attacks.batch_size(pixels)
    ).to(torch.int8)
    random = step(pixels, random_sign(pixels, seed=seed), chosen / attacks.LEVELS)
    pgd = attacks.pgd_at(work, network, pixels, classes, chosen)
    return _Attacked(
        clean,
        sign,
        {
            e: attacks.outcome_of(network, pixels, _stepped(pixels, sign, e), classes)
            for e in attacks.epsilons_with(chosen)
        },
        {
            name: attacks.outcome_of(network, pixels, moved, classes)
            for name, moved in (("random", random), ("pgd", pgd))
        },
        _stepped(pixels, sign, chosen),
        int((_stepped(pixels, sign, 0) != pixels).sum()),
    )


def _stepped(pixels: Tensor, sign: Tensor, epsilon: int) -> Tensor:
    """epsilon: in 255ths."""
    return step(pixels, sign.to(pixels), epsilon / attacks.LEVELS)


def _together(parts: list[_Attacked]) -> _Attacked:
    def joined(outcomes: list[Outcome]) -> Outcome:
        return Outcome(*(torch.cat([getattr(one, f.name) for one in outcomes]) for f in fields(Outcome)))

    return _Attacked(
        torch.cat([part.clean for part in parts]),
        torch.cat([part.sign for part in parts]),
        {e: joined([part.fgsm[e] for part in parts]) for e in parts[0].fgsm},
        {name: joined([part.others[name] for part in parts]) for name in parts[0].others},
        torch.cat([part.chosen for part in parts]),
        sum(part.changed_at_zero for part in parts),
    )


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
    attacked: _Attacked,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The picture shown at every epsilon, and its maps: of its class before and after, of the other after."""
    chosen, one = work.settings["adversarial"]["chosen"], slice(index, index + 1)
    outcomes, classes = attacked.fgsm, attacked.clean.argmax(1)
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
            name: attacks.explain(
                network, _stepped(seen.pixels[one], attacked.sign[one], size), targets[one], layer
            )
            for name, (size, targets) in wanted.items()
        }
    except NotApplicable as error:
        return result | {"left_out": {"grad_cam": error.key}}, {}
    arrays = {f"{key}_{name}": m.cpu().numpy() for name, found in maps.items() for key, m in found.items()}
    result["maps"] = {key: _moved(maps, key, seen, index) for key in maps["before"]}
    return result, arrays


def _moved(maps: Mapping[str, attacks.Maps], key: str, seen: Pictures, index: int) -> dict[str, Any]:
    """What became of one kind of map: rank correlation, way of the centre of mass, mass in the object."""
    before = maps["before"][key]
    moved: dict[str, Any] = {
        name: {
            "correlation": float(rank_correlation(before.cpu(), maps[name][key].cpu())[0]),
            "centre": float(
                (attacks.centre_of_mass(maps[name][key]) - attacks.centre_of_mass(before)).norm()
            ),
        }
        for name in ("after", "other")
    }
    if seen.objects is not None:
        inside = seen.objects[index : index + 1]
        moved["mass"] = {name: float(mass_accuracy(found[key], inside)) for name, found in maps.items()}
    return moved


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

"""LIME over superpixels of a picture of each class, and of wrong and right pictures for two classes each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from report_builder.datasets.farmyard.anatomy import CHIMERAS
from report_builder.datasets.farmyard.labels import CLASSES, DEFINING_PART, DISTRACTOR, OBJECT_PARTS, PARTS
from report_builder.methods.lime_image import LimeImageExplanation, explain_image, mean_colours, superpixels
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import mass_accuracy
from report_builder.pipeline.step import Values, Work
from report_builder.sections.class_segments.cases import Case, cases
from report_builder.sections.own_network import HeldOut, held_out, load_own

MOST_CLASSES = 13  # that are shown
SMALLEST_PART = 20  # pixels
PURPOSE = 404  # tells the seeds of this section from those of others
CONTROLS = 20  # random choices of as many segments as were hidden
FEWEST_LINKED = 5  # classes below which no rank correlation is reported


def explain(work: Work) -> Values:
    """Explanations of one picture per class, and of the cases of the confusion matrix."""
    network = load_own(work)
    module = network.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    arrays = work.needs["own_pictures"].arrays()
    described, trained = work.needs["own_pictures"].values, work.needs["own_cnn"].values
    logits = torch.from_numpy(work.needs["own_cnn"].arrays()["logits"]).double()
    labels, main = arrays["labels"], np.flatnonzero(arrays["splits"] == described["main"])
    of_class = {int(labels[place]): place for place in reversed(described["chosen"])}
    places = [of_class[label] for label in sorted(of_class)][:MOST_CLASSES]
    chosen = cases(trained, labels, logits.softmax(1).numpy(), main)
    explainer = _Explainer(work, module)
    shown, asked = held_out(work, places), held_out(work, [case.place for case in chosen])
    one_each = [explainer(shown.pixels[i], place, [int(shown.labels[i])]) for i, place in enumerate(places)]
    two_each = [
        explainer(asked.pixels[i], case.place, [case.true, case.rival]) for i, case in enumerate(chosen)
    ]
    pictures = [
        {
            "place": places[i],
            "class": int(shown.labels[i]),
            "right": bool(shown.predicted[i] == shown.labels[i]),
        }
        | explainer.described(found, 0)
        | _where(found.maps[0], shown, i)
        for i, found in enumerate(one_each)
    ]
    work.save(
        places=np.array([*places, *(case.place for case in chosen)]),
        segments=_stacked([found.segments[None] for found in (*one_each, *two_each)]),
        strongest=_stacked([explainer.strongest(found)[:1] for found in (*one_each, *two_each)]),
        rival=_stacked([explainer.strongest(found)[1:] for found in two_each]),
    )
    fits = [picture["r2"] for picture in pictures]
    return {
        "samples": explainer.samples,
        "classes": len(described["classes"]),
        "shown": len(pictures),
        "pictures": pictures,
        "r2": {"mean": float(np.mean(fits)), "least": min(fits), "most": max(fits)},
        "empty": sum(picture["for"] + picture["against"] == 0 for picture in pictures),
        "means": _means(pictures),
        "link": _link(pictures, trained),
        "cases": [
            _case(explainer, case, found, asked, i) | _difficulty(work, case)
            for i, (case, found) in enumerate(zip(chosen, two_each, strict=True))
        ],
        "controls": CONTROLS,
    }


class _Explainer:
    """LIME by the settings of the run, each picture with draws of its own."""

    def __init__(self, work: Work, module: nn.Module) -> None:
        self.module, self.settings = module, work.settings
        self.samples: int = work.settings["class_segments"]["samples"]

    def __call__(self, image: Tensor, place: int, classes: list[int]) -> LimeImageExplanation:
        return explain_image(
            self.probabilities,
            image,
            superpixels(image, count=self.settings["lime_image.segments"]),
            torch.tensor(classes, device=image.device),
            seed=self.seed(place),
            samples=self.samples,
        )

    def probabilities(self, images: Tensor) -> Tensor:
        logits: Tensor = self.module(images)
        return logits.softmax(1)

    def seed(self, place: int) -> int:
        return int(np.random.SeedSequence([self.settings["seed"], PURPOSE, place]).generate_state(1)[0])

    def strongest(self, found: LimeImageExplanation) -> Tensor:
        """Signs (c, h, w) of the segments that are painted."""
        return found.strongest(
            self.settings["lime_image.features"], self.settings["lime_image.minimum_weight"]
        )

    def described(self, found: LimeImageExplanation, row: int) -> dict[str, Any]:
        """The surrogate of one class: its fit, the segments painted for and against it."""
        signs = self.strongest(found)[row]
        return {
            "probability": float(found.prediction[row]),
            "r2": float(found.r2[row]),
            "segments": found.coefficients.shape[1],
            "for": len(torch.unique(found.segments[signs == 1])),
            "against": len(torch.unique(found.segments[signs == -1])),
        }


def _where(weights: Tensor, pictures: HeldOut, i: int) -> Values:
    """Of the positive part of a map (h, w): its shares on the object and on clutter, with the shares of the
    area that these have, and the part that gets most per pixel; only what is known of the picture.
    """
    found: Values = {}
    speaks_for = weights.clamp_min(0)[None]
    if pictures.objects is None or not pictures.objects[i].any():
        return found
    mask = pictures.objects[i : i + 1].cpu()
    found |= {"mass": float(mass_accuracy(speaks_for, mask)), "area": float(mask.double().mean())}
    if pictures.parts is None:
        return found
    parts = pictures.parts[i].cpu()
    clutter = (parts == DISTRACTOR)[None]
    found["clutter_area"] = float(clutter.double().mean())
    found["clutter"] = float(mass_accuracy(speaks_for, clutter)) if clutter.any() else 0.0
    per_pixel = {
        part: float(weights[parts == number].mean())
        for number, part in enumerate(PARTS)
        if part in OBJECT_PARTS and (parts == number).sum() >= SMALLEST_PART
    }
    best = max(per_pixel, key=lambda part: per_pixel[part], default=None)
    found["part"] = best if best is not None and per_pixel[best] > 0 else None
    found["defining"] = best is not None and best == DEFINING_PART.get(CLASSES[int(pictures.labels[i])])
    return found


def _means(pictures: list[Values]) -> Values:
    """Mean shares over the pictures whose object is known; nothing where there are none."""
    known = [picture for picture in pictures if "mass" in picture]
    if not known:
        return {}
    return (
        {"count": len(known)}
        | {key: float(np.mean([picture[key] for picture in known])) for key in ("mass", "area")}
        | {"defining": sum(picture.get("defining", False) for picture in known)}
    )


def _link(pictures: list[Values], trained: Any) -> Values | None:
    """Over the classes, the rank correlation of recall with how much more of the weight than of the area the
    object has; None where too few classes are known or one of both never changes.
    """
    rows = [
        (trained["classes"][picture["class"]]["recall"], picture["mass"] - picture["area"])
        for picture in pictures
        if "mass" in picture and trained["classes"][picture["class"]]["recall"] is not None
    ]
    recalls, gains = ([row[i] for row in rows] for i in (0, 1))
    if len(rows) < FEWEST_LINKED or np.ptp(recalls) == 0 or np.ptp(gains) == 0:
        return None
    test = spearmanr(recalls, gains)
    return {"count": len(rows), "correlation": float(test.statistic), "p": float(test.pvalue)}


def _case(
    explainer: _Explainer, case: Case, found: LimeImageExplanation, pictures: HeldOut, i: int
) -> Values:
    """Both surrogates of a picture, and what pulls it from one class to the other.

    The pull of a segment is its weight for its own class less that for the rival.
    """
    pull = found.coefficients[0] - found.coefficients[1]
    mirrored = rank_correlation(found.coefficients[:1].numpy(), found.coefficients[1:].numpy())
    return {
        "kind": case.kind,
        "place": case.place,
        "true": case.true,
        "rival": case.rival,
        "right": bool(pictures.predicted[i] == case.true),
        "own": explainer.described(found, 0),
        "other": explainer.described(found, 1),
        "mirrored": float(mirrored[0]),
        "to_own": _where(pull[found.segments], pictures, i),
        "to_rival": _where(-pull[found.segments], pictures, i),
        "hidden": _hidden(explainer, case, found, pictures.pixels[i]),
    }


def _difficulty(work: Work, case: Case) -> Values:
    """What makes the farmyard's scene hard; nothing of a folder's pictures."""
    arrays, described = work.needs["own_pictures"].arrays(), work.needs["own_pictures"].values
    if "difficulties" not in arrays:
        return {}
    first = int(np.flatnonzero(arrays["splits"] == described["main"])[0])
    name = described["difficulties"][int(arrays["difficulties"][case.place - first])]
    if name == "chimera" and described["classes"][case.true] not in CHIMERAS:
        return {}  # a class without chimeras is drawn as always
    return {"difficulty": name}


def _hidden(explainer: _Explainer, case: Case, found: LimeImageExplanation, image: Tensor) -> Values:
    """What the network says when the painted segments that pull towards the rival are hidden, as LIME hides
    them, and on average when as many others are, chosen at random.
    """
    pull = found.coefficients[:1] - found.coefficients[1:]
    signs = explainer.strongest(replace(found, coefficients=pull))[0]
    segments = torch.unique(found.segments[signs == -1])
    count = len(found.coefficients[0])
    generator = torch.Generator().manual_seed(explainer.seed(case.place))
    draws = [segments] + [
        torch.randperm(count, generator=generator)[: len(segments)] for _ in range(CONTROLS)
    ]
    covered = torch.stack([torch.isin(found.segments, chosen) for chosen in draws]).to(image.device)
    plain = mean_colours(image, found.segments.to(image.device))
    with torch.no_grad():
        after = explainer.probabilities(torch.where(covered[:, None], plain, image)).cpu().double()
    return {
        "count": len(segments),
        "true": float(after[0, case.true]),
        "rival": float(after[0, case.rival]),
        "random": float(after[1:, case.true].mean()),
        "right": bool(after[0].argmax() == case.true),
    }


def _stacked(maps: list[Tensor]) -> np.ndarray:
    """Maps (1, h, w) as one array (n, h, w) of small whole numbers; no maps: an empty one."""
    if not maps:
        return np.zeros((0, 1, 1), np.int16)
    return torch.cat(maps).to(torch.int16).numpy()

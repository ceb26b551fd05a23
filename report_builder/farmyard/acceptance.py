"""What the farmyard's network must reach, measured: accuracy, what its maps point to, how it is fooled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from report_builder.datasets.farmyard.augmentation import CORRUPTIONS, corrupt
from report_builder.datasets.farmyard.labels import BACKGROUND, CLASSES, DISTRACTOR, PARTS, PARTS_OF
from report_builder.datasets.farmyard.scene import render
from report_builder.datasets.farmyard.splits import Scenes, scene_class, scene_seed, split_scenes
from report_builder.methods.activation_maximisation import Recipe, class_logit, maximise
from report_builder.methods.adversarial import fgsm, random_sign, step
from report_builder.methods.cam import default_layer, guided_grad_cam, upsample
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.passes import shared_passes
from report_builder.methods.randomisation import randomisation_test
from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps
from report_builder.methods.scores import magnitude, mass_accuracy, part_importance, part_sums, pointing_game
from report_builder.methods.transformations import Jitter
from report_builder.models.farmnet import FarmNet
from report_builder.models.image_training import to_tensor

EPSILON = 8 / 255
CROWD = 8
HEAD = ("classifier.3", "classifier.0")
HEN_RECIPE = Recipe(
    steps=256, rate=0.05, total_variation=6.0, jitter=Jitter(shift=8, scale=0.1, degrees=8), fourier=True
)
MIN_PART_PIXELS = 6


@dataclass(frozen=True)
class Figure:
    """One measured figure and the bounds that it has to keep; a bound of None is open."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def met(self) -> bool:
        """Does the value keep its bounds?"""
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)


def measure(
    network: FarmNet, *, scenes: int = 520, explained: int = 240, workers: int = 1
) -> Iterator[Figure]:
    """All acceptance figures on the first test scenes, each as soon as it is known.

    scenes: for accuracy and attacks. explained: scenes with an animal, for the maps.
    """
    test = split_scenes("test", scenes, workers=workers)
    yield from _accuracies(network, test, workers)
    yield from _attacks(network, test)
    yield from _without_stripes(network)
    kept = np.flatnonzero(test.labels != CLASSES.index("none"))[:explained]
    shown = Scenes(test.images[kept], test.labels[kept], test.objects[kept], test.parts[kept])
    yield from _maps(network, shown)
    yield from _part_importance(network, shown, kept)
    yield from _hen(network)


@torch.no_grad()
def predictions(network: FarmNet, images: Tensor) -> Tensor:
    """Class indices (n,) for images (n, 3, h, w) in [0, 1]."""
    return torch.cat([network(block).argmax(1) for block in torch.split(images, 64)])


def _accuracies(network: FarmNet, test: Scenes, workers: int) -> Iterator[Figure]:
    count, labels = len(test.labels), torch.from_numpy(test.labels)

    def accuracy(images: Tensor) -> float:
        return float((predictions(network, images) == labels).float().mean())

    images = to_tensor(test.images)
    found = predictions(network, images)
    yield Figure("accuracy", float((found == labels).float().mean()), low=0.97)
    none = labels == CLASSES.index("none")
    yield Figure("recall of none", float((found[none] == labels[none]).float().mean()), low=0.95)
    crowded = split_scenes("test", count, clutter=CROWD, workers=workers)
    yield Figure(f"accuracy, clutter {CROWD}", accuracy(to_tensor(crowded.images)), low=0.95)
    for corruption in CORRUPTIONS:
        yield Figure(f"accuracy, {corruption}", accuracy(corrupt(images, corruption, seed=0)), low=0.70)
    hard = split_scenes("hard", count, workers=workers)
    yield Figure("accuracy, hard", accuracy(to_tensor(hard.images)), low=0.85, high=0.95)


def _attacks(network: FarmNet, test: Scenes) -> Iterator[Figure]:
    images, labels = to_tensor(test.images), torch.from_numpy(test.labels)
    right = predictions(network, images) == labels
    images, labels = images[right], labels[right]
    attacked = fgsm(network, images, labels, EPSILON, preprocess=_as_is)
    yield Figure(
        "flipped by FGSM 8/255", float((predictions(network, attacked) != labels).float().mean()), low=0.5
    )
    shaken = step(images, random_sign(images, seed=0), EPSILON)
    yield Figure(
        "flipped by random sign", float((predictions(network, shaken) != labels).float().mean()), high=0.02
    )


def _without_stripes(network: FarmNet) -> Iterator[Figure]:
    """Of tabbies that are seen as such, the share that is not any more when the stripes are not drawn."""
    seeds = [scene_seed("test", index) for index in range(1000) if scene_class(index) == "tabby"]
    striped, plain = (
        predictions(network, to_tensor(np.stack([render("tabby", seed, drop=drop).image for seed in seeds])))
        for drop in ((), ("stripes",))
    )
    seen = striped == CLASSES.index("tabby")
    yield Figure("tabby without stripes flips", float((plain[seen] != striped[seen]).float().mean()), low=0.8)


def _maps(network: FarmNet, shown: Scenes) -> Iterator[Figure]:
    images, classes = to_tensor(shown.images), torch.from_numpy(shown.labels)
    objects = torch.from_numpy(shown.objects)
    layer = default_layer(network)
    passes = shared_passes(network, images, classes, rules=("gradient", "guided"), layers=(layer,))
    size = images.shape[-2:]
    cam = upsample(passes.grad_cams[layer], size)
    guided = magnitude(guided_grad_cam(passes.gradients["guided"], passes.grad_cams[layer]))
    centre = centre_prior(*size).expand(len(images), -1, -1)
    scored = {
        "random": random_maps(len(images), *size, seed=0),
        "centre prior": centre,
        "edge filter": edge_maps(images),
        "saliency": magnitude(passes.gradients["gradient"]),
        "guided backpropagation": magnitude(passes.gradients["guided"]),
        "Grad-CAM": cam,
        "guided Grad-CAM": guided,
    }
    pointing = {name: float(pointing_game(maps.double(), objects).mean()) for name, maps in scored.items()}
    mass = {name: float(mass_accuracy(maps.double(), objects).mean()) for name, maps in scored.items()}
    yield Figure("object area", float(objects.float().mean()))
    bounds = {"Grad-CAM": max(0.95, pointing["centre prior"] + 0.15)}
    for name, value in pointing.items():
        yield Figure(f"pointing game, {name}", value, low=bounds.get(name))
    for name, value in mass.items():
        yield Figure(f"mass in the object, {name}", value, low=0.70 if name == "guided Grad-CAM" else None)

    def explain() -> dict[str, Tensor]:
        again = shared_passes(network, images, classes, rules=("guided",), layers=(layer,))
        return {"Grad-CAM": again.grad_cams[layer], "guided backpropagation": again.gradients["guided"]}

    kept = randomisation_test(network, explain, [HEAD], seed=0)
    for name, correlations in kept.items():
        high = 0.3 if name == "Grad-CAM" else None
        yield Figure(f"rank correlation with a random head, {name}", float(correlations.mean()), high=high)


def _part_importance(network: FarmNet, shown: Scenes, indices: np.ndarray) -> Iterator[Figure]:
    """Spearman correlation of the parts' attributions with what the logit loses when they are not drawn.

    Required of Integrated Gradients from the image's mean colour: from zero, dark parts get next to nothing.
    Large parts matter more, so that sizes are to be compared with the area, signed sums with signed noise.
    """
    drops = part_drops(network, shown, indices)
    images, classes = to_tensor(shown.images), torch.from_numpy(shown.labels)
    parts = torch.arange(len(PARTS))
    part_maps = torch.from_numpy(shown.parts).long()
    even = images.mean((2, 3), keepdim=True).expand_as(images)
    attributions = {
        "mean colour": integrated_gradients(network, images, classes, baseline=even, steps=32).attributions,
        "zero": integrated_gradients(network, images, classes, steps=32).attributions,
    }
    uniform = random_maps(len(images), *images.shape[-2:], seed=0)
    maps = {
        "integrated gradients, mean colour": attributions["mean colour"].sum(1),
        "integrated gradients, zero": attributions["zero"].sum(1),
        "size of integrated gradients, mean colour": magnitude(attributions["mean colour"]),
        "size of integrated gradients, zero": magnitude(attributions["zero"]),
        "random": uniform - 0.5,
        "area of the part": torch.ones_like(uniform),
    }
    required = {"integrated gradients, mean colour": (0.45, None), "random": (-0.12, 0.12)}
    for name, values in maps.items():
        sums = part_sums(values.double(), part_maps, parts).numpy()
        correlation = float(np.nanmean(part_importance(sums, drops)))
        yield Figure(f"part importance, {name}", correlation, *required.get(name, (None, None)))


@torch.no_grad()
def part_drops(network: FarmNet, shown: Scenes, indices: np.ndarray) -> np.ndarray:
    """(n, parts): the class logit of each test scene less that of the same scene without the part.

    NaN where the part is not of the class or hardly seen.
    """
    drops = np.full((len(shown.labels), len(PARTS)), np.nan)
    logits = torch.cat([network(block) for block in torch.split(to_tensor(shown.images), 64)])
    for row, (index, label) in enumerate(zip(indices.tolist(), shown.labels.tolist(), strict=True)):
        seen = np.bincount(shown.parts[row].ravel(), minlength=len(PARTS)) >= MIN_PART_PIXELS
        seen[[BACKGROUND, DISTRACTOR]] = False
        parts = [i for i in np.flatnonzero(seen).tolist() if PARTS[i] in PARTS_OF[CLASSES[label]]]
        if not parts:
            continue
        without = [render(CLASSES[label], scene_seed("test", index), drop=(PARTS[i],)).image for i in parts]
        changed = network(to_tensor(np.stack(without)))[:, label]
        drops[row, parts] = (logits[row, label] - changed).numpy()
    return drops


def _hen(network: FarmNet) -> Iterator[Figure]:
    pixels = hen_images(network, seeds=range(3))
    probability = network(pixels).softmax(1)[:, CLASSES.index("hen")]
    yield Figure("probability of the regularised hen, least of three", float(probability.min()), low=0.99)


def hen_images(network: FarmNet, seeds: range, name: str = "hen") -> Tensor:
    """Images (n, 3, 112, 112) that maximise the logit of a class, regularised."""
    classes = torch.full((len(seeds),), CLASSES.index(name))
    objective: Callable[[Tensor], Tensor] = class_logit(network, classes)
    return maximise(objective, HEN_RECIPE, seeds=seeds, height=112, width=112, preprocess=_as_is).pixels


def _as_is(pixels: Tensor) -> Tensor:
    """FarmNet takes pixels."""
    return pixels

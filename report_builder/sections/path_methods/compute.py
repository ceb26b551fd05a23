"""Integrated Gradients, Gradient SHAP and DeepLIFT, with what their sums miss; SHAP values at two layers."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from report_builder.datasets.farmyard.labels import OBJECT_PARTS, PARTS
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.deeplift import deeplift
from report_builder.methods.depths import depth_layers
from report_builder.methods.gradient_shap import expected_gradients, gradient_shap
from report_builder.methods.integrated_gradients import Complete, integrated_gradients
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, averaged_module, blocks, load, logits_of, pictures

CHECKED = 2  # pictures on which the rules of integration, and bfloat16 with float32, are compared
SHARES = (0.1, 0.3, 1.0)  # of the number of steps, for that comparison
NEAREST = 0.25  # share of a picture's pixels, those nearest to the baseline's colour
SMALLEST_PART = 20  # pixels
RANKED = 2  # classes per picture at the layers
# Inputs of these layers are what the assignment asks to attribute to; other networks: `depth_layers`
ASSIGNED_LAYERS = {"vgg16": ("features.7", "features.14")}


def attribute(work: Work) -> Values:
    """Maps by the three methods with their completeness errors, and what a zero baseline hides."""
    network = load(work)
    seen = pictures(work, network)
    averaged = averaged_module(work, network)
    steps = work.settings["integrated_gradients.steps"]
    samples, seed = work.settings["gradient_shap.samples"], work.settings["seed"]
    results: dict[str, Complete] = {
        "integrated_gradients": integrated_gradients(averaged, seen.images, seen.targets, steps=steps),
        "gradient_shap": gradient_shap(
            averaged, seen.images, seen.targets, seen.background, samples=samples, seed=seed
        ),
    }
    left_out: dict[str, str] = {}
    try:
        results["deeplift"] = deeplift(network.module, seen.images, seen.targets)
    except NotApplicable as error:
        left_out["deeplift"] = error.key
    zero = torch.zeros_like(seen.images[0])
    dark = float(network.denormalise(zero[None]).abs().max()) < 1e-6
    baselines = {"zero": (zero, results["integrated_gradients"])}
    if dark:
        mean = seen.images.mean((0, 2, 3))[:, None, None].expand_as(zero)
        other = integrated_gradients(averaged, seen.images, seen.targets, baseline=mean, steps=steps)
        baselines["mean_colour"] = (mean, other)
    maps = {name: result.attributions for name, result in results.items()}
    if "mean_colour" in baselines:
        maps["from_mean_colour"] = baselines["mean_colour"][1].attributions
    work.save(**{name: values.cpu().numpy() for name, values in maps.items()})
    sizes = {name: magnitude(result.attributions) for name, (_, result) in baselines.items()}
    return {
        "steps": steps,
        "samples": samples,
        "background": len(seen.background),
        "zero_is_black": dark,
        "left_out": left_out,
        "completeness": {name: _completeness(result) for name, result in results.items()},
        "checked": len(seen.images[:CHECKED]),
        "rules": _rules(averaged, seen, steps),
        "bfloat16_cosine": _cosine(work, network.module, results["integrated_gradients"], seen, steps),
        "nearest": {
            "share": NEAREST,
            "mass": {name: _mass_near(seen.images, zero, values) for name, values in sizes.items()},
        },
        "parts": _parts(seen, sizes) if seen.parts is not None and dark else None,
    }


def attribute_to_layers(work: Work) -> Values:
    """SHAP values (expected gradients) of a shallow and a deep layer's input for the top classes."""
    network = load(work)
    seen = pictures(work, network)
    averaged = averaged_module(work, network)
    probabilities = logits_of(network, seen.images).softmax(1)
    ranked = probabilities.argsort(dim=1, descending=True, stable=True)[:, :RANKED]
    arrays: dict[str, Any] = {}
    layers = []
    left_out: dict[str, str] = {}
    try:
        for place, layer in zip(("shallow", "deep"), shap_layers(network), strict=True):
            results = [_at_layer(work, averaged, seen, classes, layer) for classes in ranked.unbind(1)]
            arrays[place] = torch.stack([result.attributions for result, _ in results], 1).cpu().numpy()
            layers.append(_layer(network.module, layer, results))
    except NotApplicable as error:
        arrays, layers, left_out = {}, [], {"layer_shap": error.key}
    work.save(**arrays)
    classes = [
        [
            {"index": index, "name": network.class_names[index], "probability": float(row[index])}
            for index in indices.tolist()
        ]
        for indices, row in zip(ranked, probabilities, strict=True)
    ]
    return {
        "samples": work.settings["gradient_shap.samples"],
        "background": len(seen.background),
        "layers": layers,
        "classes": classes,
        "left_out": left_out,
    }


def shap_layers(network: Network) -> tuple[str, str]:
    """The layers whose inputs are explained, the shallow one first. Raises NotApplicable if none is known."""
    if network.name in ASSIGNED_LAYERS:
        return ASSIGNED_LAYERS[network.name]
    shallow, _, deep = (_last_block(network.module, name) for name in depth_layers(network.module))
    return shallow, deep


def _last_block(module: nn.Module, name: str) -> str:
    """The layer itself, or the last layer of a sequence: what goes into a sequence may be the picture."""
    layer = module.get_submodule(name)
    return f"{name}.{list(layer.named_children())[-1][0]}" if isinstance(layer, nn.Sequential) else name


def _at_layer(
    work: Work, module: nn.Module, seen: Pictures, classes: Tensor, layer: str
) -> tuple[Complete, list[int]]:
    """SHAP values of the layer's input summed over its channels (n, h', w'), and the shape of one picture's
    before that. All channels of all pictures together would be large: a block of pictures at a time.
    """
    found = []
    for block in blocks(len(classes)):
        whole = gradient_shap(
            module,
            seen.images[block],
            classes[block],
            seen.background,
            samples=work.settings["gradient_shap.samples"],
            seed=work.settings["seed"],
            layer=layer,
        )
        shape = list(whole.attributions.shape[1:])
        found.append((whole.attributions.sum(1), whole.change, whole.error))
    return Complete(*(torch.cat(parts) for parts in zip(*found, strict=True))), shape


def _layer(module: nn.Module, name: str, results: list[tuple[Complete, list[int]]]) -> dict[str, Any]:
    """The layer as the pages print it; alike: rank correlation of the maps of the first two classes."""
    (result, shape), (other, _) = results[0], results[-1]
    first, second = (found.attributions.cpu() for found in (result, other))
    return {
        "name": name,
        "kind": type(module.get_submodule(name)).__name__,
        "shape": shape,
        "alike": rank_correlation(first, second).mean(),
        "relative_error": _completeness(result)["relative_error"],
    }


def _completeness(result: Complete) -> dict[str, Any]:
    """Change of the logit and error of each picture; the sum of the errors as a share of the changes' sum."""
    return {
        "change": result.change.tolist(),
        "error": result.error.tolist(),
        "largest_error": float(result.error.abs().max()),
        "relative_error": float(result.error.abs().sum() / result.change.abs().sum().clamp_min(1e-12)),
    }


def _rules(network: nn.Module, seen: Pictures, steps: int) -> list[dict[str, Any]]:
    """Relative completeness errors by the number of steps: Gauss-Legendre quadrature against Riemann sums."""
    images, classes = seen.images[:CHECKED], seen.targets[:CHECKED]
    zero = torch.zeros_like(images[:1])
    rows = []
    for count in sorted({math.ceil(share * steps) for share in SHARES}):
        places = torch.arange(count, dtype=torch.float64)
        only = torch.zeros(count, dtype=torch.int64)
        rule = {
            "gauss_legendre": integrated_gradients(network, images, classes, steps=count),
            "midpoint": expected_gradients(
                network, images, classes, zero, picks=only, positions=(places + 0.5) / count
            ),
            "right": expected_gradients(
                network, images, classes, zero, picks=only, positions=(places + 1) / count
            ),
        }
        rows.append({"steps": count} | {k: _completeness(v)["relative_error"] for k, v in rule.items()})
    return rows


def _cosine(work: Work, full: nn.Module, reduced: Complete, seen: Pictures, steps: int) -> float | None:
    """Smallest cosine of Integrated Gradients in bfloat16 with float32 on some pictures; None in float32."""
    if work.settings["vision.precision"] != "bf16":
        return None
    exact = integrated_gradients(full, seen.images[:CHECKED], seen.targets[:CHECKED], steps=steps)
    pairs = (exact.attributions.flatten(1), reduced.attributions[:CHECKED].flatten(1))
    return float(nn.functional.cosine_similarity(*pairs).min())


def _mass_near(images: Tensor, baseline: Tensor, sizes: Tensor) -> float:
    """Share of the maps' sizes (n, h, w) on the quarter of the pixels nearest to the baseline's colour."""
    distance = (images - baseline).abs().sum(1).flatten(1)
    count = round(NEAREST * distance.shape[1])
    near = distance.argsort(dim=1, stable=True)[:, :count]
    values = sizes.flatten(1)
    return float((values.gather(1, near).sum(1) / values.sum(1).clamp_min(1e-30)).mean())


def _parts(seen: Pictures, sizes: dict[str, Tensor]) -> dict[str, Any]:
    """Brightness of the animals' parts and the attribution per pixel, as a multiple of the whole animal's."""
    assert seen.parts is not None
    assert seen.objects is not None
    brightness = seen.pixels.mean(1)
    relative = {}
    for name, values in sizes.items():
        means = [v[o].mean() if o.any() else v.mean() for v, o in zip(values, seen.objects, strict=True)]
        relative[name] = values / torch.stack(means)[:, None, None].clamp_min(1e-30)
    rows: list[dict[str, Any]] = []
    for number, part in enumerate(PARTS):
        inside = seen.parts == number
        if part not in OBJECT_PARTS or inside.sum() < SMALLEST_PART:
            continue
        density = {name: float(values[inside].mean()) for name, values in relative.items()}
        rows.append(
            {
                "part": part,
                "pixels": int(inside.sum()),
                "brightness": float(brightness[inside].mean()),
                "density": density,
            }
        )
    rows.sort(key=lambda row: row["brightness"])
    bright = [[row["brightness"] for row in rows]]
    return {
        "rows": rows,
        "correlation": {
            name: float(rank_correlation(bright, [[row["density"][name] for row in rows]])[0])
            for name in sizes
        },
    }

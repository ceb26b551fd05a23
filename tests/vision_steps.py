"""Steps of the vision half on FarmNet and the farmyard, or on a network of random weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from report_builder.assets.network import FARMNET_FILE
from report_builder.config import plain
from report_builder.contents import load_section
from report_builder.pipeline.keys import pick
from report_builder.pipeline.step import Saved, Step, Work
from report_builder.pipeline.step import plain as plain_values
from report_builder.render.fragment import draw_section, fragment_step
from report_builder.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]

# Settings that make every vision step a matter of a second or two
SMALL_VISION = {
    "vision.shown": 2,
    "smooth_grad.samples": 3,
    "smooth_grad.pair_samples": 3,
    "integrated_gradients.steps": 4,
    "gradient_shap.samples": 3,
    "occlusion.window": 28,
    "occlusion.stride": 28,
    "lime_image.samples": 20,
    "lime_image.segments": 12,
    "map_scores.scenes": 26,
    "map_scores.samples": 2,
    "map_scores.deletion_scenes": 4,
    "map_scores.deletion_steps": 3,
    "adversarial.pgd_steps": 2,
    "feature_visualisation.steps": 4,
    "feature_visualisation.images": 2,
}


class VisionRun:
    """Runs steps one after the other and keeps their results for those that need them."""

    def __init__(self, folder: Path, vision: Mapping[str, Any], files: Mapping[str, Path]) -> None:
        self.folder, self.files = folder, dict(files)
        self.saved = {"vision": Saved.given("vision", vision)}
        self.settings = plain(Settings())

    def work(self, step: Step, settings: Mapping[str, Any] | None = None) -> Work:
        """What the step would be given, with the small settings and those named here."""
        folder = self.folder / step.name
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {**SMALL_VISION, **(settings or {})}
        flat: dict[str, Any] = {}
        for name in step.settings:
            value = pick(self.settings, name)
            if isinstance(value, dict):  # a whole table
                inner = {k: chosen.get(f"{name}.{k}", v) for k, v in value.items()}
                flat[name] = inner
            else:
                flat[name] = chosen.get(name, value)
        files = {name: self.files.get(name, PROJECT / name) for name in step.files}
        there = (name for name in step.needs_if_there if name in self.saved)
        needs = {name: self.saved[name] for name in (*step.needs, *there)}
        return Work(folder, flat, needs, files, step.parameters)

    def run(self, step: Step, settings: Mapping[str, Any] | None = None) -> Saved:
        """The step's saved result; those that it needs must have run before."""
        work = self.work(step, settings)
        values = plain_values(step.load()(work), step.name)
        self.saved[step.name] = Saved(step.name, values, work.folder)
        return self.saved[step.name]

    def draw(self, section: str, language: str) -> tuple[dict[str, Any], str]:
        """The values and the HTML of the section's fragment; the steps that it reads must have run before."""
        step = fragment_step(load_section(section), language)
        work = self.work(step)
        return draw_section(work), (work.folder / "fragment.html").read_text(encoding="utf-8")


def farmyard_run(folder: Path) -> VisionRun:
    """FarmNet with its embedded weights, on the fixed scenes."""
    listed = folder / "photographs.json"
    listed.write_text("[]", encoding="utf-8")
    vision = {"network": "farmnet", "farmyard": True}
    return VisionRun(folder, vision, {"network": PROJECT / FARMNET_FILE, "photographs": listed})


def photograph_run(folder: Path, network: str = "squeezenet1_1") -> VisionRun:
    """A torchvision network of random weights on three pictures of noise, without masks."""
    from report_builder.torchvision_shim import declare_missing_operators

    declare_missing_operators()
    import torchvision

    weights = folder / f"{network}.pth"
    with torch.random.fork_rng():
        torch.manual_seed(5)
        torch.save(torchvision.models.get_model(network, weights=None).state_dict(), weights)
    entries = []
    for number, name in enumerate(("Egyptian cat", None, None)):
        path = folder / f"{number}.png"
        noise = torch.rand(3, 60, 50, generator=torch.Generator().manual_seed(number))
        Image.fromarray((noise.permute(1, 2, 0) * 255).byte().numpy()).save(path)
        entries.append({"file": path.name, "path": path.name, "sha256": "", "name": name})
    listed = folder / "photographs.json"
    listed.write_text(json.dumps(entries), encoding="utf-8")
    vision = {"network": network, "farmyard": False}
    return VisionRun(folder, vision, {"network": weights, "photographs": listed})

"""The farmyard: rendered scenes with exact object and part masks, the embedded default of the vision half.

labels: classes and parts. scene: `render`. splits: training, validation, test and hard scenes. fixed: the
scenes that come with the project. augmentation: what training images go through. The idea of scoring
explanations on such scenes: Hesse, Schaub-Meyer and Roth (2023), FunnyBirds.
"""

from report_builder.datasets.farmyard.fixed import FixedScene, load_fixed_scenes
from report_builder.datasets.farmyard.labels import CLASSES, DEFINING_PART, OBJECT_PARTS, PARTS, PARTS_OF
from report_builder.datasets.farmyard.scene import Scene, render
from report_builder.datasets.farmyard.splits import Scenes, scene_class, scene_seed, split_scene, split_scenes

__all__ = [
    "CLASSES",
    "DEFINING_PART",
    "OBJECT_PARTS",
    "PARTS",
    "PARTS_OF",
    "FixedScene",
    "Scene",
    "Scenes",
    "load_fixed_scenes",
    "render",
    "scene_class",
    "scene_seed",
    "split_scene",
    "split_scenes",
]

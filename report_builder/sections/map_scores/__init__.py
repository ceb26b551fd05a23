"""Every method's maps scored on drawn scenes, where the right answer is known."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute, on_pictures

FAMILIES = ("gradient", "cam", "smoothing", "path", "perturbation", "reference")
FARMNET = "data/farmnet.safetensors"

SECTION = Section(
    name="map_scores",
    steps=(
        Step(
            "scenes",
            compute("map_scores", "draw_scenes"),
            settings=("map_scores.scenes",),
            files=(FARMNET,),
            on_device=True,
        ),
        *(
            Step(
                f"scene_scores.{family}",
                compute("map_scores", "score_family"),
                needs=("scenes",),
                settings=("seed", "map_scores", "smooth_grad.sigma"),
                files=(FARMNET,),
                parameters={"family": family},
                on_device=True,
            )
            for family in FAMILIES
        ),
        Step(
            "map_scores",
            compute("map_scores", "rank"),
            needs=("randomisation", *(f"scene_scores.{family}" for family in FAMILIES)),
            settings=("seed", "evaluation.bootstrap_draws"),
        ),
        on_pictures(
            "picture_scores",
            "report_builder.sections.map_scores.picture_scores:score",
            needs=(
                "gradient_maps",
                "class_activation",
                "smoothing",
                "path_maps",
                "occlusion_maps",
                "lime_maps",
            ),
            settings=("seed", "map_scores.deletion_steps"),
        ),
    ),
    reads=("vision", "photographs", "scenes", "map_scores", "picture_scores", "randomisation"),
    settings=("map_scores",),
)

"""The network of the user's own: how it was trained, how good it is, and where it errs."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

LOG = "data/farmnet.training.json"

SECTION = Section(
    name="own_cnn",
    steps=(
        Step(
            "own_pictures",
            compute("own_cnn", "hold_out"),
            needs=("own",),
            settings=(
                "seed",
                "own_cnn.size",
                "own_cnn.retrain",
                "own_cnn.architecture",
                "own_cnn.validation_share",
                "own_cnn.scenes_per_class",
                "own_cnn.test_scenes",
                "own_cnn.hard_scenes",
                "own_cnn.pictures_per_class",
            ),
            files=("own_images", LOG),
        ),
        Step(
            "own_cnn",
            compute("own_cnn", "train"),
            needs=("own", "own_pictures"),
            settings=(
                "seed",
                "own_cnn.retrain",
                "own_cnn.architecture",
                "own_cnn.epochs",
                "own_cnn.batch_size",
                "own_cnn.learning_rate",
                "own_cnn.validation_share",
                "own_cnn.scenes_per_class",
                "evaluation.bootstrap_draws",
            ),
            files=("own_images", "data/farmnet.safetensors", LOG),
            on_device=True,
            resumes=True,
        ),
    ),
    reads=("own_pictures", "own_cnn"),
    answers=("C01",),
)

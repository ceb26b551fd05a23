"""How little must change in a picture until the network names another class."""

from report_builder.assets.network import FARMNET_FILE
from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute, on_pictures

SECTION = Section(
    name="adversarial",
    steps=(
        on_pictures(
            "adversarial",
            compute("adversarial", "attack_pictures"),
            settings=("seed", "adversarial", "vision.layer"),
        ),
        Step(
            "adversarial.scenes",
            "report_builder.sections.adversarial.scene_rates:attack_scenes",
            settings=("seed", "adversarial"),
            files=(FARMNET_FILE.as_posix(),),
            on_device=True,
        ),
    ),
    reads=("vision", "photographs", "adversarial", "adversarial.scenes"),
    settings=("adversarial.chosen", "adversarial.pgd_steps"),
    listings=("report_builder.methods.adversarial:loss_sign",),
    answers=("V07",),
)

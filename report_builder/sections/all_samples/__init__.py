"""LIME and SHAP for all test samples: an atlas in print, an explorer on the screen."""

from report_builder.pipeline.step import Step
from report_builder.sections.declaration import Section, compute

SECTION = Section(
    name="all_samples",
    steps=(Step("atlas", compute("all_samples", "summarise"), needs=("split", "chosen", "lime", "shapley")),),
    reads=("table", "split", "chosen", "lime", "shapley", "atlas", "writeup"),
    answers=("T20",),
)

"""A run of the signals, reduced to what runs are compared by."""

from __future__ import annotations

from report_builder.pipeline.step import Values, Work

NETWORKS = ("lstm", "cnn")
SCORES = ("pointing", "deletion")  # the first that the run has


def reduce(work: Work) -> Values:
    """data: "simulated" where every seed has signals of its own, "resampled" where it splits those of a
    file.
    """
    needs = {name: saved.values for name, saved in work.needs.items()}
    trained = {kind: needs[f"signal_models.{kind}"] for kind in NETWORKS}
    scores = needs["relevance.scores"]["scores"]
    score = next(name for name in SCORES if name in scores)
    counts = needs["signals"]["counts"]
    return {
        "accuracy": {kind: values["accuracy"] for kind, values in trained.items()},
        "validation": {kind: {"accuracy": values["validation_accuracy"]} for kind, values in trained.items()},
        "score": score,
        "scores": {
            kind: {name: found["value"] for name, found in scores[score][kind]["means"].items()}
            for kind in NETWORKS
        },
        "rules": list(scores[score][NETWORKS[0]]["ahead_of"]),
        "rows": {"train": counts["train"], "test": counts["test"]},
        "data": "simulated" if needs["signals"]["simulated"] else "resampled",
    }

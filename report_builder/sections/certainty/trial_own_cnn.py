"""A run of the user's own network, reduced to what runs are compared by."""

from __future__ import annotations

from report_builder.pipeline.step import Values, Work


def reduce(work: Work) -> Values:
    """data: "resampled" where the seed splits the folder, else "fixed": it changes the training only.

    main: the split that the pages are about. validation: loss and accuracy of the last epoch, on the split
    of that name where the folder has one; no loss of weights that were not trained here.
    """
    pictures, trained = work.needs["own_pictures"].values, work.needs["own_cnn"].values
    splits = [split["name"] for split in pictures["splits"]]
    final = trained["final"]
    return {
        "accuracy": {name: trained["splits"][name]["accuracy"] for name in splits},
        "validation": {
            name: final[f"validation_{name}"]
            for name in ("loss", "accuracy")
            if f"validation_{name}" in final
        },
        "rows": {name: pictures["counts"][name] for name in ("train", *splits)},
        "main": splits[pictures["main"]],
        "data": "resampled" if pictures["split_here"] else "fixed",
    }

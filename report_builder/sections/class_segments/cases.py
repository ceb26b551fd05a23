"""Which pictures the confusion matrix asks about: of its most confused pair, its worst and its best class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Case:
    """A picture that is explained for its own class and for that class's rival.

    kind: "pair", "worst" or "best". place: among the held-out pictures. rival: the class that a wrong picture
    is taken for; of a right one, the class that comes second.
    """

    kind: str
    place: int
    true: int
    rival: int


def cases(
    trained: Mapping[str, Any],
    labels: NDArray[np.int64],
    probabilities: NDArray[np.floating],
    main: NDArray[np.intp],
) -> list[Case]:
    """Of the most confused pair and of the worst class the most confident error, of the best class the first
    picture that is read right; what there is none of is left out, and no picture comes twice.

    trained: values of the step `own_cnn`. labels (n,), probabilities (n, k) of all held-out pictures; main:
    places of the split that the confusion matrix counts.
    """
    ranked = probabilities.argsort(axis=1, kind="stable")[:, ::-1]
    predicted = ranked[:, 0]
    wrong = main[predicted[main] != labels[main]]
    wrong = wrong[np.argsort(-probabilities.max(1)[wrong], kind="stable")]
    found: list[Case] = []

    def first(kind: str, places: NDArray[np.intp]) -> None:
        taken = {case.place for case in found}
        place = next((int(place) for place in places if int(place) not in taken), None)
        if place is not None:
            true = int(labels[place])
            rival = int(ranked[place, 0] if predicted[place] != true else ranked[place, 1])
            found.append(Case(kind, place, true, rival))

    if trained["pairs"]:
        pair = trained["pairs"][0]
        first("pair", wrong[(labels[wrong] == pair["true"]) & (predicted[wrong] == pair["predicted"])])
    first("worst", wrong[labels[wrong] == trained["worst"]])
    first("best", main[(labels[main] == trained["best"]) & (predicted[main] == trained["best"])])
    return found

"""Are the data that the pages' scripts show those of results.json, and the same in both languages?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from report_builder.verify.check import Check
from report_builder.verify.folder import Results
from report_builder.verify.tree import Element

EXPLORER = "data-all_samples-explorer"
EXPLORER_PAGE = "data-all_samples-page_"  # and its number; each holds some of the samples
_ROUNDING = 0.5e-4  # the explorer's data have four decimals


def check_page_data(results: Results) -> Check:
    """Every number of every language's data; of the explorer also against results.json, which holds its base
    value, its samples that the report shows one by one, and the means over all samples.
    """
    check = Check("data of the pages")
    blocks = {language: _data(page) for language, page in results.pages.items()}
    numbers = {
        language: {name: list(_numbers(data, "")) for name, data in found.items()}
        for language, found in blocks.items()
    }
    said: dict[str, int] = {}
    for language, found in numbers.items():
        said |= {name: len(values) for name, values in found.items()}
        for other, theirs in numbers.items():
            if other > language:
                check.faults += _between(language, found, other, theirs)
    for language, data in blocks.items():
        if EXPLORER in data:
            pages = [page for name, page in data.items() if name.startswith(EXPLORER_PAGE)]
            faults = _explorer(data[EXPLORER], pages, results.values)
            check.faults += [f"report.{language}.html: {fault}" for fault in faults]
    check.said = f"{sum(said.values())} numbers that scripts of the pages show"
    return check


def _data(page: Element) -> dict[str, Any]:
    return {
        script.identifier: json.loads(script.text)
        for script in page.find("script")
        if script.attributes.get("type") == "application/json"
    }


def _numbers(value: Any, place: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(inner, f"{place}/{key}")
    elif isinstance(value, int | float):
        yield place, value


def _between(
    language: str,
    ours: dict[str, list[tuple[str, float]]],
    other: str,
    theirs: dict[str, list[tuple[str, float]]],
) -> Iterator[str]:
    if ours.keys() != theirs.keys():
        yield f"only one of {language} and {other} holds {sorted(ours.keys() ^ theirs.keys())}."
    for name in ours.keys() & theirs.keys():
        for (place, value), (there, second) in zip(ours[name], theirs[name], strict=False):
            if (place, value) != (there, second):
                yield f"{name}{place} is {value} in {language} and {second} in {other}."
        if len(ours[name]) != len(theirs[name]):
            yield f"{name} has {len(ours[name])} numbers in {language} and {len(theirs[name])} in {other}."


def _explorer(data: dict[str, Any], pages: list[Any], values: dict[str, Any]) -> Iterator[str]:
    base = values["shapley"]["base"]
    if abs(data["base"] - base) > _ROUNDING:
        yield f"the explorer starts from {data['base']}; shapley#/base is {base}."
    if (firsts := [page[0]["index"] for page in pages]) != data["pages"]:
        yield f"the explorer's pages begin with the samples {firsts}; it looks for them at {data['pages']}."
    samples = {sample["index"]: sample for page in pages for sample in page}
    key = "explored" if "explored" in values["atlas"] else "rows"
    if len(samples) != values["atlas"][key]:
        yield f"the explorer has {len(samples)} samples; atlas#/{key} is {values['atlas'][key]}."
    for place, row in enumerate(values["chosen"]["rows"]):
        sample = samples.get(row["index"])
        if sample is None:
            yield f"sample {row['index']}, which is chosen#/rows/{place}, is not in the explorer."
            continue
        for name in ("label", "probability"):
            if abs(sample[name] - row[name]) > _ROUNDING:
                yield (
                    f"sample {row['index']} has the {name} {sample[name]} in the explorer; "
                    f"chosen#/rows/{place}/{name} is {row[name]}."
                )
    for sample in samples.values():
        reached = data["base"] + sum(sample["shap"])
        if abs(reached - sample["probability"]) > _ROUNDING * (len(sample["shap"]) + 2) + _slack(values):
            yield (
                f"the SHAP values of sample {sample['index']} lead from the base value to {reached:.4f}, "
                f"not to {sample['probability']}."
            )


def _slack(values: dict[str, Any]) -> float:
    """What the SHAP values themselves leave open."""
    return float(values["shapley"]["additivity_error"])

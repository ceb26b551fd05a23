"""The checklist, read from the pages that were drawn in this run."""

from __future__ import annotations

from report_builder.inventory import ITEMS_OF
from report_builder.pipeline.step import Values, Work


def run(work: Work) -> Values:
    """Of the items of the study's parts: one is answered where its anchor stands in the section's pages of
    every language.
    """
    pages: dict[str, list[set[str]]] = {}
    for name, saved in work.needs.items():
        if name.startswith("fragment."):
            _, section, _ = name.split(".")
            pages.setdefault(section, []).append(set(saved.values["items"]))
    place = {item: section for section, found in pages.items() for item in set.intersection(*found)}
    asked = {part: ITEMS_OF[part] for part in work.needs["study"].values["parts"]}
    counts = {
        part: {"answered": sum(item in place for item in items), "total": len(items)}
        for part, items in asked.items()
    }
    answered, total = (sum(count[key] for count in counts.values()) for key in ("answered", "total"))
    return {
        **{
            item: {"section": place.get(item), "answered": item in place}
            for items in asked.values()
            for item in items
        },
        "counts": {**counts, "all": {"answered": answered, "missing": total - answered, "total": total}},
    }

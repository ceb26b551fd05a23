"""The checklist, read from the pages that were drawn in this run."""

from __future__ import annotations

from report_builder.inventory import ITEMS, TABULAR, VISION
from report_builder.pipeline.step import Values, Work


def run(work: Work) -> Values:
    """An item is answered where its anchor stands in the section's pages of every language."""
    pages: dict[str, list[set[str]]] = {}
    for name, saved in work.needs.items():
        _, section, _ = name.split(".")
        pages.setdefault(section, []).append(set(saved.values["items"]))
    place = {item: section for section, found in pages.items() for item in set.intersection(*found)}
    answered = [item for item in ITEMS if item in place]
    return {
        **{item: {"section": place.get(item), "answered": item in place} for item in ITEMS},
        "counts": {
            **{
                half: {"answered": len([item for item in answered if item in items]), "total": len(items)}
                for half, items in (("tabular", TABULAR), ("vision", VISION))
            },
            "all": {
                "answered": len(answered),
                "missing": len(ITEMS) - len(answered),
                "total": len(ITEMS),
            },
        },
    }

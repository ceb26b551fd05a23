"""The page is made of the JSON file, part by part."""

import json

import pytest

from benchmarks.written import PARTS, markdown, write

SPREAD = {"median": 2.0, "low": 1.5, "high": 2.5}
ABOUT = {
    "date": "2026-01-31",
    "machine": {"device": "cpu", "device_name": "A processor", "cores": 4, "shared": False},
    "quick": False,
    "versions": {"torch": "2.12"},
}
COMPARED = ABOUT | {
    "threads": 1,
    "clock": "processor",
    "outcomes": [
        {
            "key": "lime",
            "task": "LIME",
            "peer": "lime",
            "sizes": {"samples": 100},
            "ours_seconds": 1.25,
            "peer_seconds": 5.0,
            "ratio": 4.0,
            "ratio_low": 3.5,
            "ratio_high": 4.5,
            "runs": 3,
            "largest_difference": 1e-6,
            "relative_difference": 2e-5,
            "cosine": 1.0,
        }
    ],
}


def build(times):
    return {
        **{"steps": 100, "computed": 2, "drawn": 3, "cached": 95, "memory": 2_500_000_000},
        "seconds": SPREAD,
        "times": times,
    }


def step(grown, size, linear):
    return {"from": 6, "to": 60, "size": size, "grown": grown, "exponent": 0.9, "linear": linear}


def grown(linear=True, memory=700_000_000):
    return {
        "points": [{"size": n, "seconds": n / 2, "memory": memory} for n in (6, 60)],
        "seconds": [step(7.5, 10, linear)],
        "memory": [step(1.1, 10, True)] if memory else [],
    }


REPORT = ABOUT | {
    "runs": 3,
    "builds": {
        "setting": "lime.perturbations=4000",
        "first": build({"median": 1.0, "low": 1.0, "high": 1.0}),
        "unchanged": build({"median": 180.5, "low": 150.0, "high": 200.0}),
        "one_change": build({"median": 9.0, "low": 8.0, "high": 10.0}),
    },
    "sweep": {
        "seeds": 8,
        "ratio": {"median": 1.87, "low": 1.8, "high": 1.9},
        "one": {"seconds": SPREAD, "memory": 10**9},
        "two": {"seconds": SPREAD, "memory": None},
    },
    "trials": {
        "trials": 40,
        "count": 4,
        "seconds": {"early": 6.0, "late": 6.3, "ratio": 1.05},
        "memory": {"early": 5 * 10**8, "late": 5 * 10**8, "ratio": 1.0},
    },
    "rows": grown(),
    "images": grown(),
}
WHOLE = {"tabular": COMPARED, "vision": COMPARED, "report": REPORT}


def test_every_part_has_its_figures_on_the_page():
    page = markdown(WHOLE)
    assert page.count("| LIME (100 samples) | lime | 1.25 | 5.00 | 4.00 | 3.50 to 4.50 | 3 | 2e-05 |") == 2
    for text in ("180.5 (150.0 to 200.0)", "1.87 (1.80 to 1.90)", "2 + 3 of 100", "2,500 MB", "not known"):
        assert text in page
    assert "| seconds | 6.0 | 6.3 | 1.05 |" in page
    assert "7.50 times for 10 times the rows (exponent 0.90; 1 is linear)" in page
    assert "Neither grows faster than the rows do." in page
    for line in page.splitlines():
        if line.startswith("|"):
            assert line.endswith(" |")


@pytest.mark.parametrize("name", PARTS)
def test_a_part_has_a_page_of_its_own(name):
    page = markdown({name: WHOLE[name]})
    assert page.count("\n## ") == 1
    assert f"`python -m benchmarks {name}`" in page


def test_growth_beyond_linear_is_said():
    page = markdown({"report": REPORT | {"rows": grown(linear=False)}})
    assert "In 1 of 2 steps one of them grows faster than the rows do." in page
    assert "Neither grows faster than the pictures do." in page


def test_without_memory_its_growth_and_its_trials_are_left_out():
    trials = REPORT["trials"] | {"memory": None}
    page = markdown({"report": REPORT | {"rows": grown(memory=None), "trials": trials}})
    assert "| 6 | 3.0 | not known |" in page
    assert "\n| memory |" not in page


def test_what_other_benchmarks_wrote_stays(tmp_path):
    path = tmp_path / "figures.json"
    write(path, {"vision": COMPARED})
    write(path, {"tabular": COMPARED | {"date": "2026-02-01"}})
    held = json.loads(path.read_text())
    assert list(held) == ["tabular", "vision"]
    assert held["vision"] == COMPARED
    assert (tmp_path / "figures.md").read_text() == markdown(held)
    write(path, {"tabular": COMPARED})
    assert json.loads(path.read_text())["tabular"]["date"] == "2026-01-31"


def test_the_committed_page_is_that_of_the_committed_figures():
    from benchmarks.builds import PROJECT

    figures = json.loads((PROJECT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    assert (PROJECT / "docs" / "benchmarks.md").read_text(encoding="utf-8") == markdown(figures)
    assert "vision" in figures

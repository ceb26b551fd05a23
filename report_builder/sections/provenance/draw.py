"""Tables of what went into the run."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.render.network_names import network_name
from report_builder.render.page import Column, Page
from report_builder.render.step_times import PLACE
from report_builder.render.words import Fact
from report_builder.sections.side_by_side import side_by_side

OWN = ("standin", "embedded")  # origins of inputs that the project made
NAME_AND_SECONDS = (Column("column.step", numeric=False), Column("column.seconds"))
NAME_AND_VALUE = (Column("column.name", numeric=False), Column("column.value", numeric=False))
NETWORK_AND_PICTURES = tuple(
    Column(f"column.{name}", numeric=False) for name in ("name", "network", "pictures")
)


def draw(page: Page) -> None:
    page.facts["seed"] = page.number("run#/seed")
    assets = page.value("assets#")
    if "table" in assets:
        _table(page)
    page.find("finding")
    if "network" in assets:
        _explained(page)
    for name in ("own_images", "signals"):
        if name in assets:
            _own(page, name)
    page.table("machine", NAME_AND_VALUE * 2, side_by_side(_machine_rows(page), 2))
    # sorted, as the order of what is given to a step is no part of its key
    versions = [[name, _code(version)] for name, version in sorted(page.value("run#/versions").items())]
    page.table("versions", NAME_AND_VALUE * 3, side_by_side(versions, 3))
    page.table("times", NAME_AND_SECONDS, [[PLACE, ""]])
    settings = [[_code(name), _code(value)] for name, value in sorted(page.value("run#/settings").items())]
    page.table("settings", NAME_AND_VALUE * 2, side_by_side(settings, 2))


def _table(page: Page) -> None:
    """The table, and why it did not come from elsewhere."""
    asset = page.value("assets#/table")
    page.facts |= {"rows": page.number("table#/rows"), "file": asset["file"]}
    page.find(f"origin.{asset['origin']}")
    reasons = [reason for reason in asset["reasons"] if reason["cause"] != "unset"]
    if reasons and asset["origin"] == "standin":
        page.say("reasons", "reason.standin")
    for reason in reasons:
        cause = page.words.html(f"cause.{_key(reason['cause'])}")
        page.say("reasons", f"reason.{reason['place']}", cause=cause)
    page.table("input", NAME_AND_VALUE, _input_rows(page, asset))


def _own(page: Page, name: str) -> None:
    """The pictures of the user's own network, or the signals: a file or folder of the user's, or made by the
    build itself.
    """
    asset = page.value(f"assets#/{name}")
    if asset["origin"] == "embedded":
        page.say("made", f"made.{name}")
        return
    rows: list[list[Fact]] = [
        [page.words.html("row.file"), _code(asset["file"])],
        [page.words.html("row.licence"), page.words.name(asset["licence"])],
        [page.words.html("row.hash"), _code(asset["sha256"])],
    ]
    if "count" in asset:
        rows.insert(1, [page.words.html("row.count"), page.number(f"assets#/{name}/count")])
    page.table(name, NAME_AND_VALUE, rows)


def _key(cause: str) -> str:
    return cause.replace(" ", "_")


def _input_rows(page: Page, asset: dict[str, str]) -> list[list[Fact]]:
    return [
        [page.words.html("row.file"), _code(asset["file"])],
        [page.words.html("row.source"), _told(page, asset, "source")],
        [page.words.html("row.licence"), _told(page, asset, "licence")],
        [page.words.html("row.hash"), _code(asset["sha256"])],
    ]


def _told(page: Page, asset: dict[str, str], what: str) -> Fact:
    """The source or the licence of an input: of the project's own in the words of the language."""
    if asset["origin"] in OWN:
        return page.words.html(f"{what}.{asset['origin']}")
    return page.words.name(asset[what])


def _explained(page: Page) -> None:
    """The network and the pictures of the vision half; why the network is not the one preferred."""
    network, pictures = page.value("assets#/network"), page.value("assets#/photographs")
    if network["passed_over"]:
        page.say("passed_over", "passed_over")
    for reason in network["passed_over"]:
        if reason["cause"] != "unset":
            cause = page.words.html(f"cause.{_key(reason['cause'])}")
            page.say("passed_over", f"passed.{reason['place']}", cause=cause)
    what = "drawn" if pictures["farmyard"] else "pictures"
    owner = "farmnet" if network["name"] == "farmnet" else "other"
    weights = f"weights.{owner}.{'official' if network['official'] else 'user'}"
    page.table(
        "explained",
        NETWORK_AND_PICTURES,
        [
            [page.words.html("row.what"), network_name(network["name"]), page.words.html(f"what.{what}")],
            [
                page.words.html("row.file"),
                _code(network["file"]),
                page.words.html("files", {"count": page.number("assets#/photographs/count")}),
            ],
            [
                page.words.html("row.place"),
                page.words.html(f"place.{network['origin']}"),
                page.words.html(f"place.{pictures['origin']}"),
            ],
            [page.words.html("row.weights"), page.words.html(weights), ""],
            [
                page.words.html("row.licence"),
                _told(page, network, "licence"),
                _told(page, pictures, "licence"),
            ],
            [page.words.html("row.hash"), _code(network["sha256"]), _code(pictures["sha256"])],
        ],
    )


def _machine_rows(page: Page) -> list[list[Fact]]:
    return [
        [page.words.html("row.seed"), page.number("run#/seed")],
        [page.words.html("row.device"), _code(page.value("run#/device"))],
        [page.words.html("row.platform"), _code(page.value("run#/platform"))],
        [page.words.html("row.python"), _code(page.value("run#/python"))],
    ]


def _code(text: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(text)

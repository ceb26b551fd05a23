"""Are the figures of the pages the files in figures/, and those of the paper the same pictures?"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from report_builder.verify.check import Check
from report_builder.verify.folder import Results
from report_builder.verify.paper import Paper
from report_builder.verify.tree import Element


def check_figures(results: Results, papers: Mapping[str, Paper]) -> Check:
    """Embedded in the HTML byte for byte; in the PDF in the same order, as the same bytes or pixels."""
    check = Check("figures")
    embedded = compared = 0
    for language, page in results.pages.items():
        files = results.figures(language)
        shown = [figure for figure in page.find("figure") if any(figure.find("img"))]
        name = f"report.{language}.html"
        for figure in shown:
            fault = _embedded(figure, files, results.folder)
            check.faults += [f"{name}: {fault}"] if fault else []
        absent = files.keys() - {figure.identifier for figure in shown}
        check.faults += [f"{name} does not show {files[identifier]}." for identifier in sorted(absent)]
        embedded += len(shown)
        if language in papers:
            named = [
                (figure, results.folder / files[figure.identifier])
                for figure in shown
                if figure.identifier in files
            ]
            check.faults += [
                f"report.{language}.pdf: {fault}" for fault in _on_paper(named, papers[language])
            ]
            compared += len(papers[language].pictures)
    check.said = f"{embedded} figures of the HTML by byte, {compared} of the PDF by pixel, against figures/"
    return check


def _embedded(figure: Element, files: dict[str, str], folder: Path) -> str:
    if figure.identifier not in files:
        return f"the figure {figure.identifier} is not one of the manifest."
    name = files[figure.identifier]
    image = next(figure.find("img"))
    kind, _, content = image.attributes.get("src", "").partition(";base64,")
    if kind not in ("data:image/png", "data:image/jpeg"):
        return f"{figure.identifier} is not embedded."
    path = folder / name
    if not path.is_file():
        return f"{name} is missing, which {figure.identifier} shows."
    same = base64.b64decode(content) == path.read_bytes()
    return "" if same else f"{figure.identifier} does not show {name}: another picture is embedded."


def _on_paper(named: list[tuple[Element, Path]], paper: Paper) -> Iterator[str]:
    if len(named) != len(paper.pictures):
        yield f"it has {len(paper.pictures)} pictures, the HTML {len(named)} figures."
    for (figure, path), picture in zip(named, paper.pictures, strict=False):
        alternative = next(figure.find("img")).attributes.get("alt", "")
        if " ".join(picture.alternative.split()) != " ".join(alternative.split()):
            yield f"the picture in place of {figure.identifier} has another alternative text."
        elif path.is_file() and not same_picture(picture.image, path):
            yield f"the picture in place of {figure.identifier} is not {path.name}."


def same_picture(image: Any, file: Path) -> bool:
    """Whether an image of a PDF is the file: a JPEG by its bytes, any other by its pixels."""
    from PIL import Image, ImageChops

    if image.get("/Filter") == "/DCTDecode":
        return bool(image.get_data() == file.read_bytes())
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    drawn = _pixels(image)
    return drawn.size == picture.size and ImageChops.difference(drawn, picture).getbbox() is None


def _pixels(image: Any) -> Any:
    """A picture without loss, eight bits a channel, in a palette's colours or in its own."""
    from PIL import Image

    size = int(image["/Width"]), int(image["/Height"])
    space = image["/ColorSpace"]
    if isinstance(space, list):
        drawn = Image.frombytes("P", size, image.get_data())
        drawn.putpalette(space[3].original_bytes)
    else:
        drawn = Image.frombytes({"/DeviceRGB": "RGB", "/DeviceGray": "L"}[str(space)], size, image.get_data())
    return drawn.convert("RGB")

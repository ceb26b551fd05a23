"""`python build.py doctor`: what this machine has, and where each input would come from."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version

import click

from report_builder.assets.asset import Place
from report_builder.assets.diabetes import describe_assets
from report_builder.assets.image_folder import resolve_images
from report_builder.assets.signals import resolve_signals
from report_builder.assets.vision import describe_vision
from report_builder.build import Request
from report_builder.errors import InputError
from report_builder.given import VERSIONS_OF
from report_builder.pango import HOW_TO_INSTALL, missing_libraries
from report_builder.report import PROJECT


def examine(request: Request) -> bool:
    """Print the findings; whether a report can be built here."""
    faults = [fault for check in (_python, _device, _pango, _fonts, _inputs) for fault in check(request)]
    for fault in faults:
        click.echo(f"\n{fault}")
    return not faults


def _line(name: str, text: str) -> None:
    click.echo(f"{name:<10} {text}")


def _python(_request: Request) -> Iterator[str]:
    _line("system", f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    for name in VERSIONS_OF:
        try:
            _line("package", f"{name} {version(name)}")
        except PackageNotFoundError:
            yield f"The package {name} is missing: install the project with `pip install -e .`"


def _device(request: Request) -> Iterator[str]:
    import torch

    from report_builder.models.device import choose_device

    wanted = request.settings.device
    try:
        device = choose_device(wanted)
    except InputError as error:
        yield str(error)
        return
    name = (
        torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    )
    _line("device", f"{device.type} ({name}); asked for: {wanted}")


def _pango(_request: Request) -> Iterator[str]:
    missing = missing_libraries()
    _line("pango", f"missing: {', '.join(missing)}" if missing else "found")
    if missing:
        yield HOW_TO_INSTALL


def _fonts(_request: Request) -> Iterator[str]:
    from report_builder.render.fonts import faces

    try:
        families = dict.fromkeys(face.family for face in faces())
    except FileNotFoundError as error:
        yield f"{error}: install the project again with `pip install -e .`"
        return
    _line("fonts", ", ".join(families))


def _inputs(request: Request) -> Iterator[str]:
    """Of the parts that the report has."""
    settings, around = request.settings, request.surroundings
    if "tabular" in settings.report.parts:
        places = describe_assets(
            settings.tabular.csv, PROJECT, os.environ, request.cache / "assets", request.offline
        )
        _list_places("table", places)
    try:
        if "vision" in settings.report.parts:
            for name, listed in describe_vision(settings.vision, around).items():
                _list_places(name, listed)
        if "own_cnn" in settings.report.parts:
            _line("own_cnn", f"-> {resolve_images(settings.own_cnn, around)}")
        if "signals" in settings.report.parts:
            _line("signals", f"-> {resolve_signals(settings.signals, around)}")
    except InputError as error:
        yield str(error)


def _list_places(name: str, places: Iterable[Place]) -> None:
    for place in places:
        mark = "-> " if place.used else "   "
        detail = "available" if place.available else place.detail
        _line(name, f"{mark}{place.origin:<12} {place.location or '(none named)'}: {detail}")

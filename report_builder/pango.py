"""Whether Pango, which lays out the text of the PDF, is installed.

Standard library only, so that make can ask before anything is installed.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0-0", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0", "libpangoft2-1.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz-0", "libharfbuzz.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig-1", "libfontconfig.1.dylib"),
}
_FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")

HOW_TO_INSTALL = """\
Pango is missing: it lays out the text of the PDF. Install it with
  Debian, Ubuntu:  sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  Fedora:          sudo dnf install -y pango
  macOS:           brew install pango
then run the same command again."""


def missing_libraries() -> list[str]:
    """Names of the libraries that cannot be loaded."""
    return [name for name, files in _LIBRARIES.items() if not any(map(_loads, files))]


def _loads(file: str) -> bool:
    for folder in _FOLDERS:
        with suppress(OSError):
            ctypes.CDLL(folder + file)
            return True
    return False


def main() -> None:
    if missing_libraries():
        sys.exit(HOW_TO_INSTALL)


if __name__ == "__main__":
    main()

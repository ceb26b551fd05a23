"""What the tests in a real browser share: where Chromium lies, and what a page is asked."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DIGITS = {"en": {}, "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}


def in_browser(test):
    """Mark a test that opens pages: skipped where there is no Chromium."""
    skipped = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
    return pytest.mark.browser(skipped(test))


def violations(page, context=None):
    """What axe finds: rule and the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=context).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found]


def overflow(page):
    """By how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


class Watched:
    """Every address that a page asks for, and every error that it writes."""

    def __init__(self, page):
        self.asked, self.errors = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def foreign(self, *files):
        """What was asked for beside data inside the page and these files."""
        return [url for url in self.asked if not url.startswith("data:") and url.split("#")[0] not in files]

"""`python build.py verify DIR`: all checks, a line for each, and the list of faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from report_builder.verify.bare_digits import check_bare_digits
from report_builder.verify.check import Check
from report_builder.verify.documents import check_documents, read_papers
from report_builder.verify.figures import check_figures
from report_builder.verify.files import check_files
from report_builder.verify.folder import open_results
from report_builder.verify.page_data import check_page_data
from report_builder.verify.rebuild import check_rebuild
from report_builder.verify.sources import check_sources


def verify(folder: Path, *, rebuild: bool, jobs: int) -> Iterator[Check]:
    """The checks, one after the other. Raises InputError where the folder is no results folder."""
    results = open_results(folder)
    yield _held("files", lambda: check_files(results))
    yield _held("numbers", lambda: check_sources(results))
    yield _held("other digits", lambda: check_bare_digits(results))
    yield _held("data of the pages", lambda: check_page_data(results))
    papers, unread = read_papers(results)
    yield _held("HTML and PDF", lambda: check_documents(results, papers, unread))
    yield _held("figures", lambda: check_figures(results, papers))
    if rebuild:
        yield _held("rebuild", lambda: check_rebuild(results, jobs))


def _held(name: str, run: Callable[[], Check]) -> Check:
    """A document that is so far from a report that a check cannot read it has a fault."""
    try:
        return run()
    except (LookupError, TypeError, ValueError, StopIteration, AttributeError, RuntimeError) as error:
        return Check(name, "could not be finished", [f"the report is not as a build leaves it: {error!r}"])


def lines(check: Check) -> Iterator[str]:
    """What the command says of a check."""
    state = "ok" if not check.faults else f"{len(check.faults)} FAULT{'S' if len(check.faults) != 1 else ''}"
    yield f"{check.name}: {state} ({check.said})" if check.said else f"{check.name}: {state}"
    yield from (f"  {remark}" for remark in check.remarks)
    yield from (f"  - {fault}" for fault in check.faults)

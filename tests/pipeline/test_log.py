"""A listener hears of every step, with the same reports as the outcome holds."""

from report_builder.pipeline.run import run
from report_builder.pipeline.step import Step
from report_builder.pipeline.store import Store


class Ear:
    def __init__(self):
        self.heard = []
        self.reports = {}

    def begun(self, steps):
        self.heard.append(("begun", steps))

    def started(self, name, reasons):
        self.heard.append(("started", name, [reason.kind for reason in reasons]))

    def _hear(self, event, report):
        self.heard.append((event, report.name))
        self.reports[report.name] = report

    def finished(self, report):
        self._hear("finished", report)

    def cached(self, report):
        self._hear("cached", report)

    def failed(self, report):
        self._hear("failed", report)

    def skipped(self, report):
        self._hear("skipped", report)


def test_a_listener_hears_of_every_step(tmp_path, monkeypatch):
    (tmp_path / "heard.py").write_text("def f(work):\n    return {'x': 1 / work.parameters['by']}\n")
    monkeypatch.syspath_prepend(tmp_path)
    steps = [
        Step("good", "heard:f", parameters={"by": 1}),
        Step("bad", "heard:f", parameters={"by": 0}, needs=("good",)),
        Step("next", "heard:f", parameters={"by": 1}, needs=("bad",)),
    ]
    known = {"settings": {}, "files": {}, "store": Store(tmp_path / "store")}
    ear = Ear()
    outcome = run(steps, listener=ear, **known)
    assert ear.heard == [
        ("begun", 3),
        ("started", "good", ["new"]), ("finished", "good"),
        ("started", "bad", ["new"]), ("failed", "bad"), ("skipped", "next"),
    ]  # fmt: skip
    assert ear.reports == outcome.reports
    assert not outcome.complete
    assert [report.name for report in outcome.failed] == ["bad"]
    ear = Ear()
    assert run(steps[:1], listener=ear, **known).complete
    assert ear.heard == [("begun", 1), ("cached", "good")]

"""A laboratory: a small package of step functions in a temporary folder, run by real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# Without an `if __name__ == "__main__"` on purpose: workers must not run it a second time.
DRIVER = """
import json, os, sys, time
from pathlib import Path
from report_builder.pipeline.run import plan, run
from report_builder.pipeline.step import DeclarationError, Saved, Step
from report_builder.pipeline.store import Store

spec = json.loads(Path(sys.argv[1]).read_text())
steps = [Step(**{key: tuple(value) if isinstance(value, list) else value for key, value in step.items()})
         for step in spec["steps"]]
begun = time.perf_counter()
known = dict(
    settings=spec["settings"], files={name: Path(file) for name, file in spec["files"].items()},
    store=Store(Path(spec["store"])), device=spec["device"], targets=spec["targets"],
    given={name: Saved.given(name, values) for name, values in spec["given"].items()},
)
try:
    if spec["plan"]:
        reports, results = plan(steps, **known), {}
    else:
        last = spec["ends_run"]
        outcome = run(
            steps, jobs=spec["jobs"], log=Path(spec["log"]), **known,
            ends_run=(lambda report: last in report.error) if last else None,
        )
        reports, results = outcome.reports, outcome.results
except DeclarationError as error:
    print(json.dumps({"refused": str(error)}))
    sys.exit(2)
print(json.dumps({
    "pid": os.getpid(),
    "seconds": time.perf_counter() - begun,
    "status": {name: report.status for name, report in reports.items()},
    "reasons": {name: [str(reason) for reason in report.reasons] for name, report in reports.items()},
    "key": {name: report.key for name, report in reports.items()},
    "error": {name: report.error for name, report in reports.items()},
    "traceback": {name: report.traceback.read_text() for name, report in reports.items() if report.traceback},
    "values": {name: saved.values for name, saved in results.items()},
    "loaded": [name for name in ("torch", "numpy", "pandas", "matplotlib") if name in sys.modules],
}))
"""


class Lab:
    """A package `lab`, settings, files and steps to change at will; `build` runs them in a new process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = root / "code" / "lab"
        self.package.mkdir(parents=True)
        (root / "drive.py").write_text(DRIVER)
        self.write("__init__", "")
        self.steps: list[dict] = []
        self.settings: dict = {}
        self.files: dict[str, str] = {}
        self.given: dict[str, dict] = {}
        self.device = "cpu"
        self.jobs = 1
        self.targets: list[str] | None = None
        self.ends_run: str | None = None  # words of the error that ends a run
        self.store = root / "store"
        self.log = root / "log.jsonl"

    def write(self, module: str, code: str) -> None:
        (self.package / f"{module}.py").write_text(textwrap.dedent(code))

    def asset(self, name: str, content: str) -> None:
        file = self.root / f"{name}.txt"
        file.write_text(content)
        self.files[name] = str(file)

    def step(self, name: str, function: str, **declared) -> None:
        self.steps.append({"name": name, "function": f"lab.{function}", **declared})

    def start(self, *, plan: bool = False, tag: str = "spec") -> subprocess.Popen[str]:
        spec = self.root / f"{tag}.json"
        log = self.root / f"{tag}.jsonl" if tag != "spec" else self.log
        known = {name: getattr(self, name) for name in ("steps", "settings", "files", "given", "device")}
        known |= {"jobs": self.jobs, "targets": self.targets, "store": str(self.store), "plan": plan}
        known["ends_run"] = self.ends_run
        spec.write_text(json.dumps(known | {"log": str(log)}))
        paths = [str(self.root / "code"), str(Path(__file__).resolve().parents[2])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [sys.executable, "-W", "error", str(self.root / "drive.py"), str(spec)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def finish(self, process: subprocess.Popen[str]) -> dict:
        output, errors = process.communicate(timeout=120)
        assert process.returncode in (0, 2), errors
        assert "Warning" not in errors, errors
        return json.loads(output)

    def build(self) -> dict:
        return self.finish(self.start())

    def explain(self) -> dict:
        return self.finish(self.start(plan=True))

    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def ran(self) -> set[str]:
        """The steps that ran in the last build, as its step log tells."""
        return {event["step"] for event in self.events() if event["event"] == "finished"}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)

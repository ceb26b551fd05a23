"""Each kind of change reruns exactly what it must."""

import pytest

ALL = {"data", "model", "text", "other", "many.a", "many.b"}


@pytest.fixture
def study(lab):
    """data (a file) -> model (settings, helpers, device) -> text; beside them other and many (parameters)."""
    lab.write("deep", "FACTOR = 2\n")
    lab.write(
        "helper",
        """
        def scale(x):
            from .deep import FACTOR
            return FACTOR * x
        """,
    )
    lab.write(
        "data",
        """
        def parity(work):
            (work.folder / "copy.txt").write_text("parity only")
            return {"parity": int(work.files["numbers"].read_text()) % 2}
        """,
    )
    lab.write(
        "model",
        """
        from lab import helper

        def fit(work):
            return {"score": helper.scale(work.needs["data"].values["parity"]) + work.settings["model.rate"]}
        """,
    )
    lab.write("text", 'def tell(work):\n    return {"text": str(work.needs["model"].values["score"])}\n')
    lab.write("other", 'def show(work):\n    return {"n": work.settings["other"]["n"], **work.parameters}\n')
    lab.asset("numbers", "1")
    lab.settings = {"model": {"rate": 1, "unread": 0}, "other": {"n": 5}}
    lab.step("data", "data:parity", files=["numbers"])
    lab.step("model", "model:fit", needs=["data"], settings=["model.rate"], on_device=True)
    lab.step("text", "text:tell", needs=["model"])
    lab.step("other", "other:show", settings=["other"])
    lab.step("many.a", "other:show", settings=["other"], parameters={"which": "a"})
    lab.step("many.b", "other:show", settings=["other"], parameters={"which": "b"})
    first = lab.build()
    assert set(first["status"].values()) == {"ran"}
    assert lab.ran() == ALL
    assert first["values"]["text"] == {"text": "3"}
    return lab


def _setting(lab):
    lab.settings["model"]["rate"] = 7


def _nested_setting(lab):
    lab.settings["other"]["n"] = 6


def _unread_setting(lab):
    lab.settings["model"]["unread"] = 9


def _code(lab):
    lab.write("text", 'def tell(work):\n    return {"text": "changed"}\n')


def _code_of_a_helper_of_a_helper(lab):
    lab.write("deep", "FACTOR = 3\n")


def _comment_in_a_helper(lab):
    lab.write("deep", "# a comment\n\nFACTOR   =   2  # another\n")


def _package_init(lab):
    lab.write("__init__", "NAME = 'lab'\n")


def _file(lab):
    lab.asset("numbers", "2")


def _file_with_the_same_output(lab):
    lab.asset("numbers", "3")


def _file_touched(lab):
    lab.asset("numbers", "1")


def _device(lab):
    lab.device = "cuda:0"  # no step here calls it


def _parameters(lab):
    lab.steps[5]["parameters"] = {"which": "c"}


@pytest.mark.parametrize(
    ("change", "expected", "reasons"),
    [
        (
            _setting,
            {"model", "text"},
            {"model": "setting model.rate 1 -> 7", "text": "upstream model changed"},
        ),
        (_nested_setting, {"other", "many.a", "many.b"}, {"other": "setting other.n 5 -> 6"}),
        (_unread_setting, set(), {}),
        (_code, {"text"}, {"text": "code lab.text changed"}),
        (_code_of_a_helper_of_a_helper, {"model", "text"}, {"model": "code lab.deep changed"}),
        (_comment_in_a_helper, set(), {}),
        (_package_init, ALL, dict.fromkeys(ALL, "code lab changed")),
        (
            _file,
            {"data", "model", "text"},
            {
                "data": "file numbers changed",
                "model": "upstream data changed",
                "text": "upstream model changed",
            },
        ),
        (_file_with_the_same_output, {"data"}, {"data": "file numbers changed"}),
        (_file_touched, set(), {}),
        (_device, {"model"}, {"model": "device cpu -> cuda"}),
        (_parameters, {"many.b"}, {"many.b": "parameter which b -> c"}),
    ],
)
def test_a_change_reruns_exactly_what_it_must_and_says_why(study, change, expected, reasons):
    change(study)
    planned = study.explain()
    outcome = study.build()
    assert study.ran() == expected
    assert {name for name, status in outcome["status"].items() if status == "cached"} == ALL - expected
    for name, reason in reasons.items():
        assert reason in outcome["reasons"][name]
    # what surely runs was foretold as due, with its reason; what only might, as waiting for an upstream step
    for name in ALL:
        if planned["status"][name] == "due":
            assert name in expected
            assert planned["reasons"][name][0] == outcome["reasons"][name][0]
        elif planned["status"][name] == "maybe":
            assert all("must rerun" in reason for reason in planned["reasons"][name])
        else:
            assert name not in expected
    again = study.build()
    assert set(again["status"].values()) == {"cached"}
    assert again["values"] == outcome["values"]


def test_going_back_finds_the_old_result(study):
    study.settings["model"]["rate"] = 7
    study.build()
    study.settings["model"]["rate"] = 1
    assert set(study.build()["status"].values()) == {"cached"}


def test_the_plan_of_a_new_store_and_of_a_change_upstream(study):
    study.asset("numbers", "2")
    planned = study.explain()
    assert planned["status"] == dict.fromkeys(ALL, "cached") | {
        "data": "due",
        "model": "maybe",
        "text": "maybe",
    }
    assert planned["reasons"]["model"] == ["upstream data must rerun"]
    assert planned["reasons"]["text"] == ["upstream model must rerun"]
    study.store = study.root / "another"
    planned = study.explain()
    assert set(planned["status"].values()) == {"due"}
    assert planned["reasons"]["data"] == ["no result so far"]


def test_targets_limit_the_run_to_what_they_need(study):
    study.settings = {"model": {"rate": 8}, "other": {"n": 8}}
    study.targets = ["model"]
    assert set(study.build()["status"]) == {"data", "model"}
    assert study.ran() == {"model"}


def test_a_given_result_counts_with_its_digest(study):
    study.given = {"provenance": {"source": "user"}}
    study.steps[3]["needs"] = ["provenance"]
    study.build()
    assert study.ran() == {"other"}
    study.given = {"provenance": {"source": "download"}}
    outcome = study.build()
    assert study.ran() == {"other"}
    assert outcome["reasons"]["other"] == ["upstream provenance changed"]
    assert outcome["values"]["provenance"] == {"source": "download"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda lab: lab.step("x", "data:parity", needs=["nobody"]), "step x needs the unknown step nobody"),
        (lambda lab: lab.step("data", "data:parity"), "two results are named data"),
        (lambda lab: lab.step("a/b", "data:parity"), "step name 'a/b'"),
        (lambda lab: lab.steps[0].update(needs=["text"]), "need each other in a circle: "),
        (lambda lab: lab.settings.pop("model"), "step model: there is no setting model.rate"),
        (lambda lab: lab.files.clear(), "step data reads the unknown file numbers"),
        (lambda lab: lab.files.update(numbers="nowhere.txt"), "cannot read its file numbers"),
        (lambda lab: lab.step("x", "nowhere:f"), "the module lab.nowhere of a step was not found"),
        (lambda lab: setattr(lab, "targets", ["nobody"]), "there is no step nobody"),
        (lambda lab: lab.given.update(data={}), "two results are named data"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_runs(study, spoil, message):
    spoil(study)
    assert message in study.build()["refused"]


def test_a_module_imported_by_name_counts_where_it_is_declared(lab):
    lab.write("drawn", "COLOUR = 'red'\n")
    lab.write(
        "draws",
        """
        from importlib import import_module

        def draw(work):
            return {"colour": import_module(work.parameters["module"]).COLOUR}
        """,
    )
    lab.step("page", "draws:draw", parameters={"module": "lab.drawn"}, imports=["lab.drawn"])
    assert lab.build()["values"]["page"] == {"colour": "red"}
    lab.write("drawn", "COLOUR = 'blue'\n")
    outcome = lab.build()
    assert outcome["values"]["page"] == {"colour": "blue"}
    assert outcome["reasons"]["page"] == ["code lab.drawn changed"]
    assert lab.build()["status"]["page"] == "cached"

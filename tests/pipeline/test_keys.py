"""The key holds every declared part, and the reasons name what differs."""

import pytest

from report_builder.pipeline.fingerprint import CodeFingerprint
from report_builder.pipeline.keys import changes, key_of, own_parts, pick
from report_builder.pipeline.step import DeclarationError, Step

CODE = CodeFingerprint("", {"lab.a": "1", "lab.b": "2"}, {"torch": "2.12"})
STEP = Step("mlp.train", "lab.a:f", parameters={"rows": [1, 2]})


def parts(step=STEP, code=CODE, settings=None, files=None, device="cpu", needs=None):
    return own_parts(step, code, settings or {}, files or {}, device) | {"needs": needs or {}}


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"code": CodeFingerprint("", {"lab.a": "1", "lab.b": "9"}, CODE.versions)}, ["code lab.b changed"]),
        (
            {"code": CodeFingerprint("", {"lab.a": "1", "lab.c": "2"}, CODE.versions)},
            ["code lab.b is gone", "code lab.c is new"],
        ),
        ({"code": CodeFingerprint("", CODE.modules, {"torch": "2.13"})}, ["version torch 2.12 -> 2.13"]),
        (
            {"step": Step("mlp.train", "lab.a:g", parameters={"rows": [1, 2]})},
            ["function lab.a:f -> lab.a:g"],
        ),
        ({"step": Step("mlp.train", "lab.a:f", parameters={"rows": [1]})}, ["parameter rows [1, 2] -> [1]"]),
        ({"settings": {"mlp": {"units": 8}}}, ['setting mlp nothing -> {"units": 8}']),
        ({"files": {"pima": "abc"}}, ["file pima is new"]),
        ({"needs": {"split": "abc"}}, ["upstream split is new"]),
    ],
)
def test_every_part_changes_the_key_and_gives_its_reason(changed, reasons):
    before, after = parts(), parts(**changed)
    assert key_of(before) != key_of(after)
    assert [str(reason) for reason in changes(before, after)] == reasons
    assert key_of(parts(**changed)) == key_of(after)


def test_only_the_type_of_the_device_counts_and_only_where_it_is_used():
    assert key_of(parts(device="cuda:0")) == key_of(parts(device="cpu"))
    on_device = Step("mlp.train", "lab.a:f", on_device=True)
    assert key_of(parts(on_device, device="cuda:0")) == key_of(parts(on_device, device="cuda:1"))
    assert key_of(parts(on_device, device="cuda:0")) != key_of(parts(on_device, device="cpu"))


def test_the_order_of_settings_and_parameters_does_not_count():
    one = parts(settings={"a": {"x": 1, "y": 2}, "b": 3})
    two = parts(settings={"b": 3, "a": {"y": 2, "x": 1}})
    assert key_of(one) == key_of(two)


def test_a_record_of_another_version_of_the_program_counts_as_none():
    assert [reason.kind for reason in changes({"functoin": 1}, parts())] == ["new"]
    assert [reason.kind for reason in changes(None, parts())] == ["new"]


@pytest.mark.parametrize("value", [float("nan"), object(), {1: 2}])
def test_a_setting_that_is_no_json_is_named(value):
    with pytest.raises(DeclarationError, match=r"step mlp\.train: setting mlp\.rate"):
        parts(settings={"mlp": {"rate": value}})


def test_a_setting_is_picked_by_its_dotted_name():
    settings = {"mlp": {"train": {"rate": None}}}
    assert pick(settings, "mlp.train.rate") is None
    assert pick(settings, "mlp.train") == {"rate": None}
    for missing in ("nam", "mlp.test", "mlp.train.rate.x"):
        with pytest.raises(DeclarationError, match=missing):
            pick(settings, missing)

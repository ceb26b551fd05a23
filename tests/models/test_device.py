"""The device is the one asked for, or an error; torch is asked once."""

import json
import subprocess
import sys

import pytest
import torch

from report_builder.errors import InputError
from report_builder.models import device
from report_builder.models.device import choose_device, detect_device_type


def test_cpu_is_always_there_and_auto_is_a_gpu_only_where_there_is_one():
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_device_that_is_not_there_is_an_input_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for name in ("cuda", "mps"):
        with pytest.raises(InputError, match=f"'{name}' is not available here; available: cpu"):
            choose_device(name)
    with pytest.raises(InputError, match="unknown device 'gpu'; choose auto, cpu, cuda, mps"):
        choose_device("gpu")


def test_a_gpu_that_is_there_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")
    assert choose_device("mps") == torch.device("mps")
    assert detect_device_type(tmp_path / "device.json") == "cuda"
    assert detect_device_type(tmp_path / "device.json", "mps") == "mps"


def test_detection_agrees_with_choosing_and_refuses_the_same(tmp_path):
    cache = tmp_path / "folder" / "device.json"
    for _ in range(2):
        assert detect_device_type(cache) == choose_device("auto").type
        assert detect_device_type(cache, "cpu") == "cpu"
        with pytest.raises(InputError):
            detect_device_type(cache, "gpu")
    assert [path.name for path in cache.parent.iterdir()] == ["device.json"]


def test_the_second_detection_does_not_import_torch(tmp_path):
    code = (
        "import sys; from pathlib import Path; from report_builder.models.device import detect_device_type;"
        f"print(detect_device_type(Path({str(tmp_path / 'device.json')!r})), 'torch' in sys.modules)"
    )
    answers = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        answers.append(done.stdout.split())
    assert [imported for _, imported in answers] == ["True", "False"]
    assert answers[0][0] == answers[1][0]


def test_torch_is_asked_again_when_something_changed_or_the_cache_is_damaged(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(device, "_available_types", lambda: asked.append(1) or ["cpu"])
    cache = tmp_path / "device.json"

    def times_asked():
        asked.clear()
        detect_device_type(cache)
        return len(asked)

    assert [times_asked(), times_asked()] == [1, 0]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert [times_asked(), times_asked()] == [1, 0]
    monkeypatch.setattr(device, "version", lambda name: "99.0")
    assert [times_asked(), times_asked()] == [1, 0]
    monkeypatch.setattr(device, "DRIVER_FILES", (str(tmp_path),))
    assert [times_asked(), times_asked()] == [1, 0]
    monkeypatch.setattr(device.platform, "platform", lambda: "elsewhere")
    assert [times_asked(), times_asked()] == [1, 0]
    whole = cache.read_text()
    for damage in (whole[:20], "", "[]", "3", json.dumps(json.loads(whole) | {"available": 3})):
        cache.write_text(damage)
        assert [times_asked(), times_asked()] == [1, 0], damage

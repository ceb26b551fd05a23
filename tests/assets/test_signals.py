import json
from pathlib import Path

import pytest

from report_builder.assets.signals import SignalsInput, resolve_signals
from report_builder.assets.vision import Surroundings
from report_builder.errors import InputError
from report_builder.settings import Signals

PROJECT = Path(__file__).resolve().parents[2]


def resolve(folder: Path, file: Path | None) -> SignalsInput:
    return resolve_signals(Signals(file=file), Surroundings(PROJECT, {}, folder / "cache", offline=True))


def refusal(folder: Path, file: Path) -> str:
    with pytest.raises(InputError) as caught:
        resolve(folder, file)
    return str(caught.value)


def test_without_a_file_they_are_simulated(tmp_path):
    found = resolve(tmp_path, None)
    assert found.values == {"simulated": True}
    assert found.files["signals"].is_file()
    assert "simulated" in str(found)
    assert found.asset_values["origin"] == "embedded"


def test_a_file_is_copied_by_its_content_and_named_without_its_folder(tmp_path):
    file = tmp_path / "mine" / "ecg.csv"
    file.parent.mkdir()
    file.write_text("label,a\n", encoding="utf-8")
    found = resolve(tmp_path, file)
    assert found.values == {"simulated": False}
    copy = found.files["signals"]
    assert copy.name == "ecg.csv"
    assert copy != file
    assert copy.read_bytes() == file.read_bytes()
    described = json.dumps(found.asset_values)
    assert "ecg.csv" in described
    assert found.sha256 in described
    assert str(tmp_path) not in described
    assert str(file) in str(found)
    file.write_text("label,b\n", encoding="utf-8")
    assert resolve(tmp_path, file).files["signals"] != copy
    assert copy.read_text(encoding="utf-8") == "label,a\n"


def test_a_damaged_copy_is_made_again(tmp_path):
    file = tmp_path / "ecg.npz"
    file.write_bytes(b"arrays")
    copy = resolve(tmp_path, file).files["signals"]
    copy.write_bytes(b"other")
    assert resolve(tmp_path, file).files["signals"].read_bytes() == b"arrays"


def test_a_file_that_cannot_serve_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "ecg.txt").write_text("1", encoding="utf-8")
    assert refusal(tmp_path, tmp_path / "nowhere.csv").endswith("which is not there.")
    assert refusal(tmp_path, tmp_path / "folder.csv").endswith("which is not a file.")
    assert ".csv nor in .npz" in refusal(tmp_path, tmp_path / "ecg.txt")

"""Weights are never read as pickles."""

import pytest
import torch
from safetensors.torch import save_file

from report_builder.errors import InputError
from report_builder.models.weight_files import read_state


def test_both_formats_give_the_same_state(tmp_path):
    state = {"a.weight": torch.randn(3, 2), "a.bias": torch.randn(3)}
    torch.save(state, tmp_path / "state.pth")
    save_file(state, tmp_path / "state.safetensors")
    for name in ("state.pth", "state.safetensors"):
        read = read_state(tmp_path / name)
        assert read.keys() == state.keys()
        assert all(torch.equal(read[key], state[key]) for key in state)


class Harmful:
    def __reduce__(self):
        return print, ("this must not run",)


CONTENTS = {"text": b"no weights at all", "short": b"junk", "empty": b"", "broken safetensors": b"no weights"}


@pytest.mark.parametrize("content", ["pickle", "module", "list", *CONTENTS])
def test_anything_else_is_refused_with_the_file_s_name(tmp_path, content, capsys):
    path = tmp_path / ("weights.safetensors" if "safetensors" in content else "weights.pth")
    if content == "pickle":
        torch.save({"a": Harmful()}, path)
    elif content == "module":
        torch.save(torch.nn.Linear(2, 2), path)
    elif content == "list":
        torch.save([1, 2], path)
    else:
        path.write_bytes(CONTENTS[content])
    with pytest.raises(InputError, match=r"The weights .*weights\."):
        read_state(path)
    assert "must not run" not in capsys.readouterr().out

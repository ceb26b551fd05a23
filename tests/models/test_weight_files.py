"""Weights come from the first place that has them, checked by their hash, and are never read as pickles."""

import hashlib
import http.server
import threading

import pytest
import torch
from safetensors.torch import save_file

from report_builder.errors import InputError
from report_builder.models.weight_files import find_weights, read_state

CONTENT = b"weights" * 1000
DIGITS = hashlib.sha256(CONTENT).hexdigest()[:8]
NAME = f"net-{DIGITS}.pth"


@pytest.fixture
def server():
    """Serves `content` under any name; status and content can be changed."""

    class Handler(http.server.BaseHTTPRequestHandler):
        content, status = CONTENT, 200

        def do_GET(self):
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(self.content)))
            self.end_headers()
            self.wfile.write(self.content)

        def log_message(self, *args):
            pass

    httpd = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}/{NAME}", Handler
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_the_file_of_the_settings_comes_first_and_need_not_be_official(tmp_path):
    own = tmp_path / "own.pth"
    own.write_bytes(b"other")
    (tmp_path / NAME).write_bytes(CONTENT)
    weights = find_weights(f"https://nowhere.invalid/{NAME}", file=own, checkpoints=tmp_path, offline=True)
    assert (weights.origin, weights.path, weights.official) == ("settings", own, False)
    assert weights.sha256 == hashlib.sha256(b"other").hexdigest()


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"name the weights .*gone\.pth, and that is not a file"):
        find_weights(NAME, file=tmp_path / "gone.pth", checkpoints=tmp_path, offline=True)


def test_the_checkpoints_folder_is_next(tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    weights = find_weights(f"https://nowhere.invalid/{NAME}", file=None, checkpoints=tmp_path, offline=True)
    assert (weights.origin, weights.official) == ("cache", True)


def test_offline_says_what_is_missing(tmp_path):
    with pytest.raises(InputError, match=r"is not there, and the build is offline"):
        find_weights(f"https://nowhere.invalid/{NAME}", file=None, checkpoints=tmp_path, offline=True)
    (tmp_path / NAME).write_bytes(b"half")
    with pytest.raises(InputError, match=r"is damaged .*, and the build is offline"):
        find_weights(f"https://nowhere.invalid/{NAME}", file=None, checkpoints=tmp_path, offline=True)


def test_a_download_is_checked_reported_and_kept(tmp_path, server):
    address, _ = server
    seen = []
    folder = tmp_path / "new" / "folder"
    weights = find_weights(
        address,
        file=None,
        checkpoints=folder,
        offline=False,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert (weights.origin, weights.official) == ("download", True)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in folder.iterdir()] == [NAME]
    assert find_weights(address, file=None, checkpoints=folder, offline=True).origin == "cache"


def test_a_damaged_file_is_downloaded_anew(tmp_path, server):
    (tmp_path / NAME).write_bytes(b"half")
    assert find_weights(server[0], file=None, checkpoints=tmp_path, offline=False).origin == "download"


@pytest.mark.parametrize(
    ("content", "status", "message"), [(b"else", 200, "another hash"), (b"", 404, "HTTP status 404")]
)
def test_a_bad_download_leaves_nothing(tmp_path, server, content, status, message):
    address, handler = server
    handler.content, handler.status = content, status
    with pytest.raises(InputError, match=message):
        find_weights(address, file=None, checkpoints=tmp_path, offline=False)
    assert list(tmp_path.iterdir()) == []


def test_no_answer_is_not_waited_for(tmp_path):
    with pytest.raises(InputError, match="failed"):
        find_weights(
            f"http://127.0.0.1:9/{NAME}", file=None, checkpoints=tmp_path, offline=False, patience=1.0
        )


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


@pytest.mark.parametrize("content", ["pickle", "module", "list", "text", "empty", "broken safetensors"])
def test_anything_else_is_refused_with_the_file_s_name(tmp_path, content, capsys):
    path = tmp_path / ("weights.safetensors" if "safetensors" in content else "weights.pth")
    if content == "pickle":
        torch.save({"a": Harmful()}, path)
    elif content == "module":
        torch.save(torch.nn.Linear(2, 2), path)
    elif content == "list":
        torch.save([1, 2], path)
    else:
        path.write_bytes(b"" if content == "empty" else b"no weights at all")
    with pytest.raises(InputError, match=r"The weights .*weights\."):
        read_state(path)
    assert "must not run" not in capsys.readouterr().out

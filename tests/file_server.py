"""A server on loopback for tests of downloads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """address: of the folder. asked: the paths that were asked for, in order."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving_files(files: Mapping[str, bytes], announced: int | None = None) -> Iterator[Served]:
    """Serves `files` by name, and nothing else. announced: a length told instead of the true one."""
    served = Served("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            served.asked.append(name)
            body = files.get(name)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(announced or len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

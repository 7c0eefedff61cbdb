"""Two threaded HTTP/1.1 servers: the control plane, and the gateway behind TLS.

werkzeug's handler closes every connection after one answer, because a body that the application
did not read would be taken for the next request. Here the body ends where its length says and the
rest of it is read first, so connections stay open: a TLS handshake costs more than most calls.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

IDLE_SECONDS = 65.0
"""How long an idle connection is kept: longer than clients keep theirs, so that they close it."""

HANDSHAKE_SECONDS = 10.0

MAX_DRAIN = 64 << 20
"""Unread bytes of a body worth reading: a client that is still sending hears no answer."""


class _Body:
    """The request's body and nothing behind it."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self.left = length

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        data = self._stream.read(wanted) if wanted else b""
        self.left -= len(data)
        return data

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        data = self._stream.readline(wanted) if wanted else b""
        self.left -= len(data)
        return data


class _Answer:
    """What the application says through `start_response`."""

    status = "500 Internal Server Error"
    headers: Sequence[tuple[str, str]] = ()

    def start(
        self, status: str, headers: Sequence[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._write

    @staticmethod
    def _write(data: bytes) -> None:
        raise NotImplementedError("WSGI's write() is not there; return the body instead.")


class Handler(MotoRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    _body: _Body | None = None

    def make_environ(self) -> dict[str, Any]:
        """The WSGI environ; its input ends where the body does."""
        environ: dict[str, Any] = super().make_environ()
        self._body = None
        if not environ.get("wsgi.input_terminated"):
            length = self.headers.get("Content-Length") or "0"
            self._body = _Body(self.rfile, int(length) if length.isdigit() else 0)
            environ["wsgi.input"] = self._body
        return environ

    def run_wsgi(self) -> None:
        """Answer one request, and read what is left of its body."""
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        answer = _Answer()
        parts = self.server.app(environ, answer.start)
        try:
            # All answers are held in memory already, so joining them costs one copy at most.
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        if self._body is None or self._body.left > MAX_DRAIN:
            self.close_connection = True
        else:
            while self._body.left and self._body.read(1 << 16):
                pass
        self._send(answer, body)

    def _send(self, answer: _Answer, body: bytes) -> None:
        code, _, phrase = answer.status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in answer.headers:
            self.send_header(name, value)
        names = {name.lower() for name, _ in answer.headers}
        bodyless = self.command == "HEAD" or code in ("204", "304")
        if "content-length" not in names and not bodyless:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection and "connection" not in names:
            self.send_header("Connection", "close")
        self.end_headers()
        if body and not bodyless:
            self.wfile.write(body)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are not logged: they are seen in what they do."""


class Server(ThreadedWSGIServer):
    """A WSGI application on a port of this machine, in threads of its own."""

    daemon_threads = True

    def __init__(
        self, application: Any, listening: socket.socket, *, tls: ssl.SSLContext | None = None
    ) -> None:
        host, port = listening.getsockname()[:2]
        super().__init__(host, port, application, handler=Handler, fd=listening.fileno())
        self.ssl_context = tls
        self._thread = threading.Thread(target=self.serve_forever, name=f"port-{port}", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no further request."""
        self.shutdown()
        self._thread.join(5.0)
        self.server_close()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Handle one connection; the handshake happens here, where it holds up nobody else."""
        if self.ssl_context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = self.ssl_context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            # A client that speaks no TLS, or trusts another authority, hears it from its own side.
            return
        with secured:
            super().finish_request(secured, client_address)

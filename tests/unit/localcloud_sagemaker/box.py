"""The container of the tests: `train`, `serve` or `process`, on the standard library alone."""

import json
import os
import pathlib
import signal
import sys
import threading
import time

ROOT = pathlib.Path(os.environ["SLUICE_OPT_ML"])


def train() -> int:
    config = ROOT / "input/config"
    does = json.loads((config / "hyperparameters.json").read_text())["does"]
    print("epoch=1 loss=0.5", flush=True)
    if does == "fail":
        (ROOT / "output/failure").write_text("the rows are odd")
        return 3
    if does == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if does == "hang":
        (ROOT / "model/half.txt").write_text("half")
        (ROOT / "checkpoints/step.txt").write_text("7")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        print("hanging", flush=True)
        while True:
            time.sleep(0.05)
    if does == "answer":
        (ROOT / "model/answer.txt").write_text("packed")
        return 0
    rows = (ROOT / "input/data/train/rows.txt").read_text()
    before = sorted(p.name for p in (ROOT / "checkpoints").iterdir())
    (ROOT / "model/deep").mkdir()
    (ROOT / "model/deep/weights.txt").write_text(rows)
    told = {
        "environment": {k: v for k, v in os.environ.items() if k.startswith(("TRAIN", "AWS", "X"))},
        "inputdataconfig": json.loads((config / "inputdataconfig.json").read_text()),
        "resourceconfig": json.loads((config / "resourceconfig.json").read_text()),
        "checkpoints": before,
    }
    (ROOT / "model/told.json").write_text(json.dumps(told))
    (ROOT / "output/data/notes.txt").write_text("notes")
    print("epoch=2 loss=0.25", flush=True)
    return 0


def process() -> int:
    rows = (ROOT / "processing/input/rows/rows.txt").read_text()
    if rows == "bad":
        (ROOT / "output/message").write_text("the rows are bad")
        return 1
    (ROOT / "processing/output/sum.txt").write_text(str(len(rows)))
    return 0


def serve() -> int:
    import http.server  # Only here: jobs start faster without it.

    if os.environ.get("BROKEN"):
        print("cannot load the model", flush=True)
        return 1
    answer = (ROOT / "model/answer.txt").read_text()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(200, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body) if self.headers["Content-Type"] == "application/json" else {}
            if "die" in asked:
                os._exit(9)
            time.sleep(asked.get("sleep", 0))
            self.answer(asked.get("status", 200), f"{answer} {os.getpid()}".encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/plain")
            if attributes := self.headers["X-Amzn-SageMaker-Custom-Attributes"]:
                self.send_header("X-Amzn-SageMaker-Custom-Attributes", attributes)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

    Handler.wbufsize = -1  # one packet an answer
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    server = Server(("127.0.0.1", port), Handler)
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    server.serve_forever(0.02)
    return 0


sys.exit({"train": train, "serve": serve, "process": process}[sys.argv[1]]())

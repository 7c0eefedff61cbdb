"""The Lambda runtime: imports a handler once, then answers one event after another.

A program of its own (`python -P bootstrap.py <events fd> <answers fd>`) that knows nothing of the
offline cloud. On the first pipe come lines of JSON `{"id", "arn", "timeout_ms", "event"}`; on the
second goes `{"ready": true}` or an error after the import, then one answer an event:
`{"payload": …}` or `{"error": {"errorType", "errorMessage", "stackTrace"}}`. What the handler
prints goes to stdout, as on AWS, between START and REPORT lines.
"""

import importlib
import json
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = request["arn"]
        self.aws_request_id = request["id"]
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + request["timeout_ms"] / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main() -> None:
    """Serve until the pipe of events closes."""
    events = os.fdopen(int(sys.argv[1]), "rb")
    answers = os.fdopen(int(sys.argv[2]), "wb")

    def answer(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()

    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except BaseException as error:
        traceback.print_exc()
        answer({"error": _told(error)})
        return
    answer({"ready": True})

    for line in events:
        request = json.loads(line)
        print(f"START RequestId: {request['id']} Version: $LATEST", flush=True)
        began = time.perf_counter()
        try:
            message = {"payload": handler(request["event"], Context(request))}
            json.dumps(message)
        except Exception as error:
            print(f"[ERROR] {traceback.format_exc()}", flush=True)
            message = {"error": _told(error)}
        took = (time.perf_counter() - began) * 1000
        print(f"END RequestId: {request['id']}")
        print(f"REPORT RequestId: {request['id']}\tDuration: {took:.2f} ms", flush=True)
        answer(message)


def _told(error: BaseException) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


if __name__ == "__main__":
    main()

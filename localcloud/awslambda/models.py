"""Functions that run.

Overridden in moto: CreateFunction (makes `LocalFunction`), Invoke, and the event source mappings,
whose queues are polled by `pollers.py` instead of being delivered inside SendMessage.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.models import (
    EventSourceMapping,
    LambdaBackend,
    LambdaFunction,
    lambda_backends,
)
from moto.core.exceptions import JsonRESTError
from moto.sqs.models import sqs_backends

from localcloud import house, identity
from localcloud.awslambda import code, pollers
from localcloud.awslambda.pool import MOST, Pool
from localcloud.awslambda.worker import Plan, Result
from localcloud.processes import base_environment

MAX_PAYLOAD = 6 * 1024 * 1024
"""Bytes of a request or an answer
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""

RETRY_SECONDS = (60, 120)
"""Cloud seconds before the first and second retry of an asynchronous invocation
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)."""

_pools: dict[str, Pool] = {}
_pools_lock = threading.Lock()
_later = ThreadPoolExecutor(max_workers=32, thread_name_prefix="async-invoke")
_stopping = threading.Event()


class RequestTooLarge(JsonRESTError):
    """413, as AWS answers it."""

    code = 413

    def __init__(self, size: int) -> None:
        said = f"Request must be smaller than {MAX_PAYLOAD} bytes; this one has {size}."
        super().__init__("RequestTooLargeException", said)


class LocalFunction(LambdaFunction):
    """One function, run from its asset's source in warm processes."""

    def _set_function_code(self, updated_spec: dict[str, Any]) -> None:
        """Find the code's folder instead of unzipping bytes; fails where there is none."""
        if updated_spec.get("DryRun"):
            return
        self.code: dict[str, Any] = {k: v for k, v in updated_spec.items() if k != "Publish"}
        if "ZipFile" in self.code:
            self.code["UUID"] = hashlib.sha256(self.code["ZipFile"].encode()).hexdigest()[:16]
        self.folder = code.folder(self.code, self.function_name)
        self.code_bytes = b""
        self.code_size = 0
        self.code_sha_256 = hashlib.sha256(str(self.folder).encode()).hexdigest()
        self.code_digest = f"sha256:{self.code_sha_256}"
        _renew(self.function_name)

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionConfiguration; warm processes are let go."""
        configuration: dict[str, Any] = super().update_configuration(config_updates)
        _renew(self.function_name)
        return configuration

    def run(self, event: Any) -> Result:
        """Invoke synchronously."""
        result = _pool(self).invoke(event)
        if len(result.payload) > MAX_PAYLOAD:
            error = {
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": f"Response payload size exceeded {MAX_PAYLOAD} bytes.",
            }
            return Result(payload=json.dumps(error).encode(), failed=True)
        return result

    def run_later(self, event: Any) -> None:
        """Invoke asynchronously: two retries, after which the event is dropped with a log line."""
        _later.submit(self._run_with_retries, event)

    def invoke(self, body: Any, request_headers: Any, response_headers: Any) -> bytes:
        """Invoke, as moto's HTTP layer calls it; headers carry the outcome."""
        if len(body or b"") > MAX_PAYLOAD:
            raise RequestTooLarge(len(body))
        if request_headers.get("X-Amz-Log-Type", "None") == "Tail":
            raise NotImplementedError(
                "Invoke with LogType=Tail is not there; read CloudWatch Logs."
            )
        event = json.loads(body) if body else {}
        kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return b""
        if kind == "Event":
            self.run_later(event)
            return b""
        result = self.run(event)
        response_headers["x-amz-executed-version"] = str(self.version)
        if result.failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        return result.payload

    def plan(self) -> Plan:
        """How a process of this function is started."""
        home = house.current()
        environment = {
            **base_environment(),
            **identity.credentials(self.role),
            **{name: str(value) for name, value in self.environment_vars.items()},
            "AWS_ENDPOINT_URL": home.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": self.function_name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_size),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": str(self.folder),
            "PYTHONPATH": str(self.folder),
            "TMPDIR": str(_scratch(self.function_name)),
            "_HANDLER": str(self.handler),
        }
        return Plan(
            name=self.function_name,
            arn=self.function_arn,
            handler=str(self.handler),
            folder=self.folder,
            timeout=float(self.timeout),
            memory=int(self.memory_size),
            environment=environment,
        )

    def _run_with_retries(self, event: Any) -> None:
        try:
            for wait in (*RETRY_SECONDS, None):
                result = self.run(event)
                if not result.failed:
                    return
                if wait is None or _stopping.wait(house.current().clock.seconds(wait)):
                    break
            said = result.payload.decode(errors="replace")
            print(
                f"{self.function_name}: an asynchronous event is dropped: {said}", file=sys.stderr
            )
        except Exception:
            # A thread of the executor: nobody reads its future.
            traceback.print_exc()


class LocalLambdaBackend(LambdaBackend):
    """Lambda of one region."""

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """CreateFunction."""
        if spec.get("PackageType", "Zip") != "Zip":
            raise NotImplementedError("CreateFunction from an image is not there offline.")
        if spec.get("Publish"):
            raise NotImplementedError("CreateFunction with Publish is not there offline.")
        function = LocalFunction(
            account_id=self.account_id, spec=spec, region=self.region_name, version="$LATEST"
        )
        self._lambdas.put_function(function)
        return function

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """DeleteFunction."""
        super().delete_function(function_name, qualifier)
        with _pools_lock:
            pool = _pools.pop(function_name, None)
        if pool:
            pool.stop()

    def create_event_source_mapping(self, spec: dict[str, Any]) -> EventSourceMapping:
        """CreateEventSourceMapping, for queues."""
        if ":sqs:" not in str(spec.get("EventSourceArn")):
            raise NotImplementedError("Event source mappings other than of SQS are not there.")
        mapping = super().create_event_source_mapping(spec)
        queue_name = mapping.event_source_arn.rpartition(":")[2]
        queue = sqs_backends[self.account_id][self.region_name].get_queue(queue_name)
        # moto would invoke the function inside SendMessage, once a message.
        queue.lambda_event_source_mappings.clear()
        pollers.start(mapping, queue)
        return mapping

    def update_event_source_mapping(self, uuid: str, spec: dict[str, Any]) -> Any:
        """UpdateEventSourceMapping."""
        mapping = super().update_event_source_mapping(uuid, spec)
        pollers.refresh(uuid)
        return mapping

    def delete_event_source_mapping(self, uuid: str) -> Any:
        """DeleteEventSourceMapping."""
        pollers.stop(uuid)
        return super().delete_event_source_mapping(uuid)


def warm_all() -> None:
    """Start one process a function in the background, one after another.

    AWS too may initialise a function before it is called
    (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). Here it takes
    most of a first drop's waiting away: a cold start is a third of a second on an idle core.
    """
    threading.Thread(target=_warm_all, name="warm", daemon=True).start()


def _warm_all() -> None:
    home = house.current()
    for function in list(lambda_backends[home.account][home.region].list_functions()):
        if _stopping.is_set():
            return
        _pool(function).warm()


def stop_all() -> None:
    """End every poller and every warm process."""
    _stopping.set()
    pollers.stop_all()
    with _pools_lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        pool.stop()
    _later.shutdown(wait=False, cancel_futures=True)


def _pool(function: LocalFunction) -> Pool:
    with _pools_lock:
        pool = _pools.get(function.function_name)
        if pool is None:
            reserved = function.reserved_concurrency
            most = min(MOST, int(reserved)) if reserved else MOST
            pool = _pools[function.function_name] = Pool(function.plan, most=most)
        return pool


def _renew(function_name: str) -> None:
    with _pools_lock:
        pool = _pools.get(function_name)
    if pool:
        pool.renew()


def _scratch(function_name: str) -> Any:
    place = house.current().data_dir / "tmp" / function_name
    place.mkdir(parents=True, exist_ok=True)
    return place

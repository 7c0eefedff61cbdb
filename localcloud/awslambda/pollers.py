"""Event source mappings: from a queue to its function, as Lambda's pollers do it.

One thread a mapping sleeps on the queue's own bell, so a message reaches its handler at once and
an idle cloud uses no CPU. Messages that failed come back when their visibility timeout, in scaled
seconds, is over, and go to the dead-letter queue after maxReceiveCount.
"""

from __future__ import annotations

import json
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.models import EventSourceMapping, lambda_backends
from moto.sqs.models import Message, sqs_backends

from localcloud import house
from localcloud.awslambda.pool import MOST
from localcloud.sqs.models import FAR, LocalQueue

PARTIAL = "ReportBatchItemFailures"


class Poller:
    """Polls one queue for one function."""

    def __init__(self, mapping: EventSourceMapping, queue: LocalQueue) -> None:
        self._mapping = mapping
        self._queue = queue
        scaling = mapping.scaling_config or {}
        most = int(scaling.get("MaximumConcurrency") or MOST)
        self._slots = threading.Semaphore(most)
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=f"poll-{queue.name}")
        self._stopped = False
        threading.Thread(target=self._run, name=f"poll-{queue.name}", daemon=True).start()

    def stop(self) -> None:
        """Take no further message; batches in hand end with their invocation."""
        self._stopped = True
        self.wake()
        self._slots.release()
        self._threads.shutdown(wait=False)

    def wake(self) -> None:
        """Look again now."""
        with self._queue.arrived:
            self._queue.arrived.notify_all()

    def _run(self) -> None:
        while not self._stopped:
            self._slots.acquire()
            messages = self._next()
            if self._stopped or not messages:
                self._slots.release()
                continue
            self._threads.submit(self._work, messages)

    def _next(self) -> list[Message]:
        """Wait for messages; empty when stopped."""
        backend = sqs_backends[self._queue.account_id][self._queue.region]
        with self._queue.arrived:
            while not self._stopped:
                if self._mapping.enabled:
                    size = self._mapping.batch_size
                    seconds = self._queue.visibility_timeout
                    everything = ["All"]
                    batch: list[Message] = backend.receive_message(
                        self._queue.name, size, 0, seconds, everything
                    )
                    if batch:
                        return batch
                idle = self._queue.next_visible() if self._mapping.enabled else FAR
                self._queue.arrived.wait(max(0.005, idle))
        return []

    def _work(self, messages: list[Message]) -> None:
        received = time.monotonic()
        try:
            done = self._done(messages)
            for message in done:
                self._queue.delete_message(str(message.receipt_handle))
            hidden = house.current().clock.seconds(float(self._queue.visibility_timeout))
            left = max(0.0, received + hidden - time.monotonic())
            self._queue.give_back({m.id for m in messages if m not in done}, left)
        except Exception:
            # A thread of the executor; the messages come back by themselves.
            traceback.print_exc()
        finally:
            self._slots.release()

    def _done(self, messages: list[Message]) -> list[Message]:
        """The messages that the function took."""
        mapping = self._mapping
        function = lambda_backends[mapping.account_id][mapping.region].get_function(
            mapping.function_arn
        )
        result = function.run({"Records": [self._record(m) for m in messages]})
        if result.failed:
            return []
        if PARTIAL not in (mapping.function_response_types or ()):
            return messages
        return taken(messages, json.loads(result.payload))

    def _record(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": str(message.sent_timestamp),
                "SenderId": message.sender_id,
                "ApproximateFirstReceiveTimestamp": str(
                    message.approximate_first_receive_timestamp
                ),
            },
            "messageAttributes": {
                name: {
                    "dataType": value["DataType"],
                    **({"stringValue": value["StringValue"]} if "StringValue" in value else {}),
                }
                for name, value in message.message_attributes.items()
            },
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.queue_arn,
            "awsRegion": self._queue.region,
        }


def taken(messages: list[Message], answer: Any) -> list[Message]:
    """The messages that a partial batch answer does not name as failed.

    As on AWS an answer that is malformed, or names a message that is not in the batch, fails the
    whole batch (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
    """
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if answer is None or failures is None:
        return messages
    ids = {f.get("itemIdentifier") for f in failures if isinstance(f, dict)}
    if len(ids) != len(failures) or not ids <= {m.id for m in messages}:
        return []
    return [m for m in messages if m.id not in ids]


_pollers: dict[str, Poller] = {}
_lock = threading.Lock()


def start(mapping: EventSourceMapping, queue: LocalQueue) -> None:
    """Begin to poll for `mapping`."""
    with _lock:
        _pollers[mapping.uuid] = Poller(mapping, queue)


def refresh(uuid: str) -> None:
    """A mapping changed (enabled, disabled, another batch size)."""
    with _lock:
        poller = _pollers.get(uuid)
    if poller:
        poller.wake()


def stop(uuid: str) -> None:
    """End one poller."""
    with _lock:
        poller = _pollers.pop(uuid, None)
    if poller:
        poller.stop()


def stop_all() -> None:
    """End all pollers."""
    with _lock:
        pollers = list(_pollers.values())
        _pollers.clear()
    for poller in pollers:
        poller.stop()

"""Queues that lose nothing when many threads send, receive and delete at once.

moto rebuilds its list of messages in DeleteMessage and picks messages in ReceiveMessage without a
lock: under threads a message that is sent meanwhile vanishes, and two receivers get the same one.
Here every step holds the queue's own condition, which also wakes whoever waits for messages.

Delays take scaled seconds. A visibility timeout takes real ones, because whoever received the
message is a process; a poller that knows its function has failed calls `give_back`.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.core.utils import unix_time, unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend

from localcloud import house

FAR = 3600.0
"""Longest a waiter sleeps without looking again, in real seconds."""


class LocalQueue(Queue):
    """One queue; `arrived` is its lock and its bell."""

    @property
    def arrived(self) -> threading.Condition:
        """Held by every step; notified when a message arrives."""
        condition: threading.Condition = self._messages_lock
        return condition

    def delete_message(self, receipt_handle: str) -> None:
        """DeleteMessage."""
        with self.arrived:
            super().delete_message(receipt_handle)

    def give_back(self, ids: set[str], after: float) -> None:
        """Let the messages `ids` be received again `after` real seconds from now."""
        with self.arrived:
            for message in self._messages:
                if message.id in ids:
                    message.visible_at = unix_time_millis() + after * 1000
            self.arrived.notify_all()

    def next_visible(self) -> float:
        """Real seconds until a message can be received; 0 if one can now."""
        with self.arrived:
            now = unix_time_millis()
            due = (max(m.visible_at, m.delayed_until) - now for m in self._messages)
            return max(0.0, min(due, default=FAR * 1000) / 1000)


class LocalSQSBackend(SQSBackend):
    """SQS of one region."""

    def create_queue(
        self, name: str, tags: dict[str, str] | None = None, **kwargs: Any
    ) -> LocalQueue:
        """CreateQueue; the same name with the same attributes is the same queue."""
        if name in self.queues:
            return super().create_queue(name, tags, **kwargs)  # type: ignore[no-any-return]
        kwargs.pop("region", None)
        queue = LocalQueue(name, region=self.region_name, account_id=self.account_id, **kwargs)
        queue.tags = tags or {}
        self.queues[name] = queue
        return queue

    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Message]:
        """ReceiveMessage: every message goes to one receiver at a time."""
        queue: LocalQueue = self.get_queue(queue_name)
        until = unix_time() + wait_seconds_timeout
        with queue.arrived:
            while True:
                received: list[Message] = super().receive_message(
                    queue_name, count, 0, visibility_timeout, message_attribute_names
                )
                left = until - unix_time()
                if received or left <= 0:
                    return received
                queue.arrived.wait(min(left, max(queue.next_visible(), 0.005)))

    def delete_message(self, queue_name: str, receipt_handle: str) -> None:
        """DeleteMessage."""
        self.get_queue(queue_name).delete_message(receipt_handle)

    def change_message_visibility(
        self, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        """ChangeMessageVisibility; 0 gives the message back at once."""
        queue: LocalQueue = self.get_queue(queue_name)
        with queue.arrived:
            super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)
            queue.arrived.notify_all()

    def send_message(self, queue_name: str, *args: Any, **kwargs: Any) -> Message:
        """SendMessage."""
        queue: LocalQueue = self.get_queue(queue_name)
        with queue.arrived:
            message = super().send_message(queue_name, *args, **kwargs)
            if message.delayed_until:
                delay = message.delayed_until - unix_time_millis()
                message.delayed_until = unix_time_millis() + house.current().clock.seconds(delay)
            return message

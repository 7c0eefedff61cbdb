"""Writing into CloudWatch Logs from inside: what handlers, jobs and endpoints print."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from moto.logs.models import logs_backends

from localcloud import house

_lock = threading.Lock()
"""moto's streams are plain lists (`events += …`)."""


def put_lines(group: str, stream: str, lines: Iterable[tuple[int, str]]) -> None:
    """Append lines, each with its time in milliseconds; group and stream are made if absent."""
    home = house.current()
    events = [
        {"timestamp": at, "message": line} for at, line in sorted(lines, key=lambda line: line[0])
    ]
    if not events:
        return
    with _lock:
        backend = logs_backends[home.account][home.region]
        backend.ensure_log_group(group)
        backend.ensure_log_stream(group, stream)
        backend.put_log_events(group, stream, events)

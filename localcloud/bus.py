"""Events that the platform itself emits: AWS's envelope, on the default bus, in process.

`PutEvents` refuses `aws.*` sources from outside, as AWS does; this is the inside.
"""

from __future__ import annotations

import uuid
from typing import Any

from localcloud import house


def emit(*, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
    """Put one event of an AWS service on the default event bus."""
    from localcloud.events.models import deliver

    home = house.current()
    deliver(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": home.account,
            "time": home.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": home.region,
            "resources": resources,
            "detail": detail,
        }
    )

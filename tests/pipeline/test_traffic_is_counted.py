"""Every answered row is captured, and watch counts it."""

from __future__ import annotations

import json

from tests.pipeline.cloud import poll, table


def test_watch_counts_the_captured_rows(offline, model):
    state = offline.drop(f"{model}/people.csv", table(), state="released")
    row = {"width": 1.0, "colour": "red"}
    for _ in range(3):
        offline.client.predict(model, {"instances": [row, row]})
    tick = {"source": "sluice.schedule", "detail-type": "Scheduled", "detail": {}}

    def counted() -> bool:
        offline.aws("sqs").send_message(
            QueueUrl=offline.queue_url("watch"), MessageBody=json.dumps(tick)
        )
        return any(
            m.kind == "Traffic Counted" and m.reason.startswith("6 rows in 3 captured calls")
            for m in offline.client.timeline(state.run_id)
        )

    poll(counted, what="count of captured traffic", every=0.5)

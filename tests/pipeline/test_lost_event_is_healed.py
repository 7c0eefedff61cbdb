"""A lost event delays a run until reconcile's next tick, and loses nothing."""

from __future__ import annotations

import json

from tests.pipeline.cloud import poll, table


def test_a_lost_event_is_healed_by_reconcile(offline, model):
    events = offline.aws("events")
    rule = next(
        r["Name"]
        for r in events.list_rules()["Rules"]
        if "Dataset Accepted" in r.get("EventPattern", "")
    )
    events.disable_rule(Name=rule)
    try:
        run = offline.put(f"{model}/people.csv", table())

        def accepted() -> bool:
            return "Dataset Accepted" in [m.kind for m in offline.client.timeline(run)]

        poll(accepted, what="accepted dataset")
    finally:
        events.enable_rule(Name=rule)
    tick = {"source": "sluice.schedule", "detail-type": "Scheduled", "detail": {}}
    offline.aws("sqs").send_message(
        QueueUrl=offline.queue_url("reconcile"), MessageBody=json.dumps(tick)
    )
    offline.end(run, state="released")
    assert len(offline.training_jobs(run)) == 1

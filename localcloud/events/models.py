"""Rules that deliver as AWS's do; patterns are matched by moto.

Overridden in moto: PutRule (makes `LocalRule`) and PutEvents (refuses `aws.*` sources).
Delivery is at once and in the caller's thread as far as the target's queue; a Lambda target is
invoked asynchronously.
"""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend, Rule, events_backends

from localcloud import house
from localcloud.events import targets
from localcloud.events.cron import parse

REFUSED = {
    "ErrorCode": "NotAuthorizedForSourceException",
    "ErrorMessage": "Not authorized for the source.",
}
"""What AWS answers to an entry whose source begins with `aws.`."""


class LocalRule(Rule):
    """One rule: a pattern or a schedule, and its targets."""

    @classmethod
    def like(cls, rule: Rule) -> LocalRule:
        """The same rule, delivering."""
        local = cls.__new__(cls)
        local.__dict__.update(rule.__dict__)
        return local

    def send_to_targets(self, original_event: Any, transform_input: bool = True) -> None:
        """What moto calls for each event of PutEvents, and, with `transform_input=False`, for its
        own S3 events, which `LocalS3Backend` sends instead."""
        if transform_input:
            self.hear(_envelope(original_event))

    def hear(self, event: dict[str, Any]) -> None:
        """Deliver `event` if this rule is enabled, has a pattern, and the pattern matches."""
        pattern = self.event_pattern.get_pattern()
        if self.state == "ENABLED" and pattern and self.event_pattern.matches_event(event):
            self.fire(event)

    def fire(self, event: dict[str, Any]) -> None:
        """Deliver to every target; one that fails hinders no other."""
        for target in list(self.targets):
            try:
                targets.send(target, event, rule_arn=self.arn)
            except Exception:
                # AWS retries for a day and then drops it; the caller of PutEvents never hears.
                traceback.print_exc()


class LocalEventsBackend(EventsBackend):
    """EventBridge of one region."""

    def put_rule(self, name: str, *args: Any, **kwargs: Any) -> LocalRule:
        """PutRule; a schedule that AWS refuses is refused here."""
        schedule = kwargs.get("scheduled_expression")
        if schedule:
            try:
                parse(schedule)
            except ValueError as error:
                raise ValidationException(
                    f"Parameter ScheduleExpression is not valid. {error}"
                ) from None
        rule = super().put_rule(name, *args, **kwargs)
        local = LocalRule.like(rule)
        self._get_event_bus(rule.event_bus_name).rules[name] = local
        return local

    def put_targets(self, name: str, event_bus_arn: str | None, targets: list[Any]) -> None:
        """PutTargets; a target that the offline cloud cannot deliver to is refused here."""
        for target in targets:
            _check(target)
        super().put_targets(name, event_bus_arn, targets)

    def put_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents; entries keep their order."""
        allowed = [e for e in events if not str(e.get("Source", "")).startswith("aws.")]
        results = iter(super().put_events(allowed) if allowed else [])
        return [next(results) if entry in allowed else dict(REFUSED) for entry in events]


def deliver(event: dict[str, Any]) -> None:
    """Put one finished event on the default bus, from inside the cloud."""
    home = house.current()
    backend = events_backends[home.account][home.region]
    for rule in list(backend.event_buses["default"].rules.values()):
        rule.hear(event)


def _check(target: dict[str, Any]) -> None:
    known = {"Id", "Arn", "Input", "InputPath", "InputTransformer", "SqsParameters"}
    no_effect = {"RoleArn", "RetryPolicy", "DeadLetterConfig"}
    unknown = set(target) - known - no_effect
    service = target["Arn"].split(":")[2]
    if unknown or service not in targets.SERVICES:
        what = f"the property {min(unknown)}" if unknown else f"a target in {service}"
        raise NotImplementedError(f"PutTargets: {what} is not there in the offline cloud.")


def _envelope(event: dict[str, Any]) -> dict[str, Any]:
    """AWS's members only, with the time as AWS writes it."""
    members = ("version", "id", "detail-type", "source", "account", "time", "region", "resources")
    time = event["time"]
    if not isinstance(time, str):
        time = datetime.fromtimestamp(float(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    envelope = {name: event[name] for name in members} | {"time": time}
    # A replayed or foreign event must not share its detail with another rule's delivery.
    return envelope | {"detail": json.loads(json.dumps(event["detail"]))}

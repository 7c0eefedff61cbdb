"""Delivering to a rule's target: a queue, a topic, a function or a log group."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from localcloud import house, logs
from localcloud.events.transform import payload

SERVICES = ("sqs", "sns", "lambda", "logs")
"""Services (third part of an ARN) whose resources can be targets."""


def send(target: dict[str, Any], event: dict[str, Any], *, rule_arn: str) -> None:
    """Deliver `event` to `target`; raises what the target's service raises."""
    text = payload(target, event, rule_arn=rule_arn)
    _, _, service, region, account, *rest = target["Arn"].split(":")
    resource = ":".join(rest)
    if service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        sqs_backends[account][region].send_message(resource, text, group_id=group)
    elif service == "sns":
        sns_backends[account][region].publish(message=text, arn=target["Arn"])
    elif service == "lambda":
        function = lambda_backends[account][region].get_function(target["Arn"])
        function.run_later(json.loads(text))
    elif service == "logs":
        group = resource.removeprefix("log-group:").removesuffix(":*")
        now = int(house.current().clock.now().timestamp() * 1000)
        logs.put_lines(group, str(uuid.uuid4()), [(now, text)])
    else:
        raise NotImplementedError(f"EventBridge targets in {service} are not there.")

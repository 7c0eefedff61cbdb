"""What a target gets of an event: `Input`, `InputPath`, `InputTransformer`, or all of it.

Pure. Inside a quoted part of an input template a value is written without its own quotes and
escaped; outside it is written as JSON
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
"""

from __future__ import annotations

import json
import re
from typing import Any

_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+)\]|\['([^']+)'\]|\[\"([^\"]+)\"\]")
_PLACE = re.compile(r"<([A-Za-z0-9_.\-]+)>")


def payload(target: dict[str, Any], event: dict[str, Any], *, rule_arn: str) -> str:
    """The text that `target` receives for `event`."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(event, target["InputPath"]))
    if "InputTransformer" in target:
        return _transform(target["InputTransformer"], event, rule_arn)
    return json.dumps(event)


def _transform(transformer: dict[str, Any], event: dict[str, Any], rule_arn: str) -> str:
    paths = transformer.get("InputPathsMap") or {}
    values: dict[str, Any] = {name: _at(event, path) for name, path in paths.items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {k: v for k, v in event.items() if k != "detail"},
        "aws.events.event.json": event,
    }
    template: str = transformer["InputTemplate"]

    def put(place: re.Match[str]) -> str:
        if place[1] not in values:
            return place[0]
        value = values[place[1]]
        quoted = _unescaped_quotes(template[: place.start()]) % 2 == 1
        if not quoted:
            return json.dumps(value)
        if value is None:
            return ""
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return _PLACE.sub(put, template)


def _unescaped_quotes(text: str) -> int:
    return len(re.findall(r'(?<!\\)"', text))


def _at(event: dict[str, Any], path: str) -> Any:
    """The value at a JSON path of AWS's subset (`$.detail.a`, `$.x[0]`); None if absent."""
    if not path.startswith("$"):
        raise ValueError(f"InputPath {path!r} does not begin with $.")
    steps = list(_STEP.finditer(path, 1))
    if "".join(step[0] for step in steps) != path[1:]:
        raise NotImplementedError(f"The JSON path {path!r} is not there in the offline cloud.")
    value: Any = event
    for step in steps:
        name, index = step[1] or step[3] or step[4], step[2]
        if name is not None and isinstance(value, dict):
            value = value.get(name)
        elif index is not None and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value

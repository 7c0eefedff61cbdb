"""Reads sluice.yaml: strictly, within bounds, and with a sentence for every fault.

Apart from `spec.py`, because YAML costs every cold start some 50 ms and only validate reads a file.
"""

from __future__ import annotations

import difflib
import json
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from sluice.contracts.errors import SpecRefused
from sluice.contracts.spec import Canary, Policy, Spec

MAX_SPEC_BYTES = 64 * 1024
"""A sluice.yaml is a page, not a data set; anything larger is refused before it is parsed."""


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses duplicate keys and aliases (a YAML bomb is made of aliases)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise SpecRefused(
                f"sluice.yaml, line {mark.line + 1}: aliases (*name) are not allowed.",
                remedy="Write the value out.",
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise SpecRefused(
                    f"sluice.yaml, line {key_node.start_mark.line + 1}: a key must be a word."
                )
            if key in seen:
                raise SpecRefused(
                    f"sluice.yaml, line {key_node.start_mark.line + 1}: {key!r} stands twice.",
                    remedy="Remove one of the two.",
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse_spec(text: str | bytes | None, policy: Policy) -> Spec:
    """The effective spec of a sluice.yaml (None: there is no file, all defaults).

    Raises `SpecRefused` naming the line or the field, the value, the bound and the remedy.
    """
    stated = _stated(text) if text is not None else {}
    try:
        spec = Spec.model_validate(stated)
    except ValidationError as error:
        raise SpecRefused(_first_fault(error)) from None
    return _bounded(spec, policy, stated)


def _stated(text: str | bytes) -> dict[str, Any]:
    """The fields that a sluice.yaml states, none yet checked."""
    if len(text) > MAX_SPEC_BYTES:
        raise SpecRefused(
            f"sluice.yaml has {len(text)} bytes; at most {MAX_SPEC_BYTES} are read.",
            remedy="Keep only settings in it.",
        )
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        stated = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except UnicodeDecodeError as error:
        raise SpecRefused(
            f"sluice.yaml, byte {error.start}: this is not UTF-8 text.", remedy="Save it as UTF-8."
        ) from None
    except RecursionError:
        raise SpecRefused(
            "sluice.yaml is nested too deeply.", remedy="Keep to its fields."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "cannot be read"
        raise SpecRefused(
            f"sluice.yaml{where}: this is not YAML ({what}).",
            remedy="Check quotes and indentation.",
        ) from None
    if stated is None:
        stated = {}
    if not isinstance(stated, dict):
        raise SpecRefused(
            f"sluice.yaml holds a {type(stated).__name__}, not fields.",
            remedy="Write lines such as `target: price`.",
        )
    return stated


def with_target(text: bytes, target: str) -> bytes:
    """The same sluice.yaml with this `target`; all else in it stays as it is.

    Raises `SpecRefused` where it cannot be read, or not be changed so.
    """
    if target == "auto" or not target.isprintable():
        raise SpecRefused(
            f"{target!r} cannot be named as a target.", remedy="Give the column another name."
        )
    before, source = _stated(text), text.decode("utf-8-sig")
    line = f"target: {json.dumps(target, ensure_ascii=False)}"
    after = _edited(source, line)
    try:
        is_good = _stated(after) == before | {"target": target}
    except SpecRefused:
        is_good = False
    if not is_good:
        raise SpecRefused(
            "The model's sluice.yaml cannot be changed in place, the way it is written.",
            remedy=f"Write `{line}` into it yourself, and drop it.",
        )
    return after.encode()


def _edited(source: str, line: str) -> str:
    """A sluice.yaml with the line in the place of its target, or before its first field."""
    node = yaml.compose(source, Loader=_StrictLoader)
    end = "\r\n" if "\r\n" in source else "\n"
    if not isinstance(node, yaml.MappingNode):
        return f"{line}{end}{source}"
    for key, value in node.value:
        if key.value == "target":
            rest = source[value.end_mark.index :]
            is_block = value.end_mark.column == 0 and value.end_mark.index > value.start_mark.index
            return f"{source[: key.start_mark.index]}{line}{end if is_block else ''}{rest}"
    at = node.start_mark
    return f"{source[: at.index]}{line}{end}{' ' * at.column}{source[at.index :]}"


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    path = [str(part) for part in fault["loc"]]
    field = ".".join(path)
    if fault["type"] == "extra_forbidden":
        known = _fields_at(path[:-1])
        close = difflib.get_close_matches(path[-1], known, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known)}."
        return f"sluice.yaml: there is no field {field}. {hint}"
    message = fault["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    return f"sluice.yaml: {field} is {fault['input']!r}; {message}."


def _fields_at(path: list[str]) -> list[str]:
    model: Any = Spec
    for part in path:
        if get_origin(model) is dict:
            model = get_args(model)[1]
            continue
        named = {field.alias or name: field for name, field in model.model_fields.items()}
        model = named[part].annotation
    return [field.alias or name for name, field in model.model_fields.items()]


def _bounded(spec: Spec, policy: Policy, stated: dict[str, Any]) -> Spec:
    """Hold the stated values against the policy; let defaults shrink to it."""
    absent = {
        "train.tune": (spec.train.tune, 0, "hyperparameter tuning"),
        "train.entry": (spec.train.entry, None, "a training script of your own"),
        "train.instances": (spec.train.instances, 1, "training on several instances"),
        "deploy.canary": (spec.deploy.canary, Canary(), "shifting traffic by a canary"),
        "watch.drift": (spec.watch.drift, False, "telling of drift"),
        "watch.retrain": (spec.watch.retrain, False, "retraining on drift"),
    }
    for field, (value, default, what) in absent.items():
        if value != default:
            shown = value.model_dump() if isinstance(value, BaseModel) else value
            raise SpecRefused(
                f"sluice.yaml: {field} is {shown!r}, but {what} is not there yet.",
                remedy="Remove the field.",
            )
    if spec.train.hardware not in ("auto", *policy.hardware):
        raise SpecRefused(
            f"sluice.yaml: train.hardware is {spec.train.hardware!r}; "
            f"this stack's policy allows {', '.join(policy.hardware)}.",
            remedy="Choose one of these, or ask who runs the stack.",
        )
    if policy.undecided and spec.gate.undecided not in ("auto", policy.undecided):
        raise SpecRefused(
            f"sluice.yaml: gate.undecided is {spec.gate.undecided!r}; "
            f"this stack's policy allows only {policy.undecided!r}.",
            remedy="Remove the field, or ask who runs the stack.",
        )
    bounds = {
        ("train", "minutes"): policy.minutes,
        ("train", "usd"): policy.usd,
        ("deploy", "max"): policy.endpoint_instances,
        ("deploy", "min"): policy.endpoint_instances,
        ("bad_rows", "quarantine_up_to"): policy.quarantine_up_to,
    }
    sections: dict[str, dict[str, Any]] = {"train": {}, "deploy": {}, "bad_rows": {}}
    for (section, field), bound in bounds.items():
        value = getattr(getattr(spec, section), field)
        if value <= bound:
            continue
        if field in (stated.get(section) or {}):
            raise SpecRefused(
                f"sluice.yaml: {section}.{field} is {value}; this stack's policy allows "
                f"at most {bound}.",
                remedy="Lower it, or ask who runs the stack.",
            )
        sections[section][field] = bound
    spec = spec.model_copy(
        update={
            "train": spec.train.model_copy(
                update=sections["train"] | {"spot": spec.train.spot and policy.spot}
            ),
            "deploy": spec.deploy.model_copy(update=sections["deploy"]),
            "gate": spec.gate.model_copy(
                update={
                    "approval": "manual" if policy.approval == "manual" else spec.gate.approval,
                    "undecided": policy.undecided or spec.gate.undecided,
                }
            ),
        }
    )
    if spec.deploy.min > spec.deploy.max:
        raise SpecRefused(
            f"sluice.yaml: deploy.min is {spec.deploy.min}, above deploy.max, {spec.deploy.max}.",
            remedy="Lower deploy.min or raise deploy.max.",
        )
    return spec

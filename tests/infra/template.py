"""Reading a synthesised template by what things are, never by their generated ids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


def flat(value: Any) -> str:
    """An intrinsic as one string: `{"Fn::GetAtt": ["Bucket", "Arn"]}` is `<Bucket.Arn>`."""
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(map(flat, parts))
        case {"Fn::Sub": text}:
            return text.replace("${", "<").replace("}", ">")
    return str(value)


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Template:
    """One synthesised stack."""

    body: dict[str, Any]

    @classmethod
    def read(cls, assembly: str | Path) -> Template:
        return cls(json.loads((Path(assembly) / "Sluice.template.json").read_text()))

    @property
    def slug(self) -> str:
        slug: str = self.body["Outputs"]["Slug"]["Value"]
        return slug

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id to properties, of one type (`AWS::SQS::Queue`)."""
        return {
            id: resource.get("Properties", {})
            for id, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def one(self, kind: str, **properties: Any) -> tuple[str, dict[str, Any]]:
        """The only resource of a type that has these properties."""
        found = [
            (id, p)
            for id, p in self.of(kind).items()
            if all(p.get(name) == value for name, value in properties.items())
        ]
        assert len(found) == 1, f"{len(found)} of {kind} have {properties}"
        return found[0]

    def policy_of(self, kind: str, field: str, id: str) -> list[dict[str, Any]]:
        """Statements of the resource policies (bucket, queue, topic) on resource `id`."""
        return [
            statement
            for policy in self.of(kind).values()
            if f"<{id}>" in map(flat, many(policy[field]))
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def role(self, id: str) -> list[dict[str, Any]]:
        """Statements of every policy attached to the role `id`."""
        return [
            statement
            for policy in self.of("AWS::IAM::Policy").values()
            if {"Ref": id} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def allows(self, role: str, action: str, resource: str) -> bool:
        """Whether the role may, conditions aside: nothing denies it and something allows it."""
        effects = {
            statement["Effect"]
            for statement in self.role(role)
            if action in many(statement["Action"])
            and any(fnmatchcase(resource, flat(r)) for r in many(statement["Resource"]))
        }
        return effects == {"Allow"}

    def targets(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Every (rule, target) pair."""
        return [
            (rule, target)
            for rule in self.of("AWS::Events::Rule").values()
            for target in rule["Targets"]
        ]

"""Stacks: refused when the offline cloud cannot create all of them, created otherwise.

Overridden in moto: CreateStack (strict; JSON is parsed as JSON, which YAML's parser takes seconds
for), UpdateStack and CreateChangeSet (refused). `Outputs` that hold an API Gateway URL name the
local gateway instead, so that every reader of the stack finds the URL that answers.
"""

from __future__ import annotations

import json
import re
import traceback
from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.utils import generate_stack_id

from localcloud import house
from localcloud.cloudformation import functions, gateway, resources
from localcloud.cloudformation.support import unsupported

CREATED_BY = (resources, functions, gateway)
"""Importing these registers their types, the last of a name winning; moto's come before."""

_GATEWAY = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


class LocalStack(Stack):
    """One stack."""

    @staticmethod
    def parse_template(template: str) -> dict[str, Any]:
        """The template, JSON or YAML."""
        try:
            parsed: dict[str, Any] = json.loads(template)
        except ValueError:
            parsed = Stack.parse_template(template)
        return parsed

    def point_outputs_home(self) -> None:
        """Make URLs of API Gateway in the outputs name the local gateway."""
        local = house.current().gateway_url
        for output in self.output_map.values():
            if output is not None and isinstance(output.value, str):
                output.value = _GATEWAY.sub(rf"{local}/\1", output.value)


class LocalCloudFormationBackend(CloudFormationBackend):
    """CloudFormation of one region."""

    def create_stack(
        self, name: str, template: str, parameters: dict[str, Any], *args: Any, **kwargs: Any
    ) -> LocalStack:
        """CreateStack; everything is there when it returns.

        A template with anything unsupported is refused as a whole; a resource that cannot be
        created fails the stack, which is then gone.
        """
        if any(stack.name == name for stack in self.stacks.values()):
            raise AlreadyExistsException(f"Stack {name} already exists")
        faults = unsupported(LocalStack.parse_template(template))
        if faults:
            raise ValidationError(name, message="\n".join(faults))
        names = (
            "notification_arns",
            "tags",
            "role_arn",
            "enable_termination_protection",
            "timeout_in_mins",
            "stack_policy_body",
        )
        given = dict(zip(names, args, strict=False)) | kwargs
        try:
            stack = LocalStack(
                stack_id=generate_stack_id(name, self.region_name, self.account_id),
                name=name,
                template=template,
                parameters=parameters,
                account_id=self.account_id,
                region_name=self.region_name,
                cross_stack_resources=self.exports,
                **given,
            )
            stack.create_resources()
            stack.point_outputs_home()
        except Exception as error:
            if not isinstance(error, NotImplementedError):
                traceback.print_exc()
            said = f"{name}: the stack was not created. {type(error).__name__}: {error}"
            raise ValidationError(name, message=said) from error
        self.stacks[stack.stack_id] = stack
        self._validate_export_uniqueness(stack)
        for export in stack.exports:
            self.exports[export.name] = export
        return stack

    def update_stack(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """UpdateStack."""
        raise NotImplementedError("UpdateStack is not there: end the offline cloud, start it anew.")

    def create_change_set(self, *args: Any, **kwargs: Any) -> Any:
        """CreateChangeSet."""
        raise NotImplementedError("CreateChangeSet is not there: use `cdk deploy --method=direct`.")

"""What cdk-nag finds and we keep, with its argument. Any other finding fails synth."""

from __future__ import annotations

import re
from typing import Any, Final

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk.aws_iam import CfnPolicy
from constructs import IConstruct

RULES: Final = {
    "AwsSolutions-S1": (
        "Server access logs would fill a bucket that nobody reads. Who touched which object is in "
        "CloudTrail's data events, which an account turns on for all its buckets at once."
    ),
    "AwsSolutions-L1": (
        "The layers hold compiled packages for one Python. The runtime moves together with "
        "infra/parts/layer.py and the locks, after a test, not whenever AWS adds one."
    ),
    "AwsSolutions-APIG2": (
        "What a request must look like follows from the model it names, so the function checks it "
        "against that model's signature, and answers with row and column."
    ),
    "AwsSolutions-APIG3": (
        "Every method takes signed requests of known identities only, and is throttled. A web ACL "
        "is the account's decision: associate one with the stage."
    ),
    "AwsSolutions-COG4": "Callers are programs with IAM identities, not people with a user pool.",
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
    "AmazonAPIGatewayPushToCloudWatchLogs]": (
        "API Gateway's own role for its logs; AWS asks for just this policy. One account and "
        "region has one, whatever APIs it has."
    ),
}
"""By rule id: true of everything in the stack."""

WILDCARDS: Final = {
    r"<Drop\w+\.Arn>/\*": "Users choose the keys of what they drop.",
    r"<Store\w+\.Arn>/(datasets|quarantine|handovers|runs|captures)/.*": (
        "One folder of the artifact bucket; its keys carry names of models and runs, which exist "
        "only at run time."
    ),
    r"arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:[a-z-]+/{slug}-\*": (
        "Jobs, packages, models and endpoints are made at run time; all names of this stack begin "
        "with its slug."
    ),
    r"arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker/.*": (
        "SageMaker names the log groups and streams of its containers; these are its own folder."
    ),
    r"arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:"
    r"alarm:TargetTracking-endpoint/{slug}-\*": (
        "Target tracking names its alarms after the endpoint, which exists only at run time."
    ),
    r"arn:<AWS::Partition>:application-autoscaling:<AWS::Region>:<AWS::AccountId>:"
    r"scalable-target/\*": (
        "AWS gives scalable targets random ids; a condition keeps to those of SageMaker."
    ),
}
"""IAM5 by resource, as a pattern; `{slug}` stands for the stack's slug."""

EVERYWHERE: Final = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "sagemaker:ListEndpoints",
}
"""Actions that AWS cannot restrict to a resource: the only ones allowed on `*`.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html"""


def acknowledge(stack: Stack, slug: str) -> None:
    """Tell the checks of everything above, so far as it occurs in `stack`."""
    for rule, why in RULES.items():
        _acknowledge(stack, rule, why)
    patterns = {re.compile(p.replace("{slug}", slug)): why for p, why in WILDCARDS.items()}
    for node in stack.node.find_all():
        if not isinstance(node, CfnPolicy):
            continue
        for resource, actions in _wildcards(stack.resolve(node.policy_document)).items():
            finding = f"AwsSolutions-IAM5[Resource::{resource}]"
            if resource == "*" and actions <= EVERYWHERE:
                _acknowledge(node, finding, "AWS cannot restrict these actions to a resource.")
            for pattern, why in patterns.items():
                if pattern.fullmatch(resource):
                    _acknowledge(node, finding, why)


def _acknowledge(scope: IConstruct, finding: str, why: str) -> None:
    Validations.of(scope).acknowledge(Acknowledgment(id=finding, reason=why))


def _wildcards(document: dict[str, Any]) -> dict[str, set[str]]:
    """Every resource with a `*` that a policy allows, as cdk-nag writes it, and the actions."""
    found: dict[str, set[str]] = {}
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow":
            for resource in map(_flat, _many(statement["Resource"])):
                if "*" in resource:
                    found.setdefault(resource, set()).update(_many(statement["Action"]))
    return found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _flat(reference: Any) -> str:
    """`{"Fn::GetAtt": ["Bucket", "Arn"]}` as `<Bucket.Arn>`."""
    match reference:
        case str():
            return reference
        case {"Fn::Sub": str(text)}:
            return text.replace("${", "<").replace("}", ">")
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_flat, parts))
        case _:
            raise NotImplementedError(f"A policy refers to a resource as {reference!r}.")

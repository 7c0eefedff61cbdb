"""Which resource types and properties the offline cloud knows: the strict table.

moto skips what it does not know. Here a property is either *used* (it does offline what it does on
AWS), or *accepted* with the reason why nothing needs to happen offline, or it fails the deployment.
A name with a dot is a property inside another; naming one makes its siblings unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TAGS = "a label on the bill"
ENCRYPTION = "state lives in this process's memory and goes with it"
TLS = "only this machine can reach the cloud"
IAM = "IAM is not enforced offline yet"
TRACE = "observes, changes nothing"
DELETION = "the whole cloud ends at once"


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What is known of one resource type."""

    used: frozenset[str]
    accepted: dict[str, str] = field(default_factory=dict)
    """Property to the reason why it has no effect offline."""


def _type(*used: str, **accepted: str) -> Support:
    return Support(
        used=frozenset(used), accepted={k.replace("__", "."): v for k, v in accepted.items()}
    )


TYPES: dict[str, Support] = {
    "AWS::ApiGateway::Account": _type(CloudWatchRoleArn=TRACE),
    "AWS::ApiGateway::Deployment": _type("RestApiId", Description="a note for people"),
    "AWS::ApiGateway::GatewayResponse": _type(
        "RestApiId", "ResponseType", "StatusCode", "ResponseParameters", "ResponseTemplates"
    ),
    "AWS::ApiGateway::Method": _type(
        "RestApiId",
        "ResourceId",
        "HttpMethod",
        "AuthorizationType",
        "Integration.Type",
        "Integration.IntegrationHttpMethod",
        "Integration.Uri",
        "Integration.TimeoutInMillis",
        MethodResponses="a proxy integration's function answers for itself",
    ),
    "AWS::ApiGateway::Resource": _type("RestApiId", "ParentId", "PathPart"),
    "AWS::ApiGateway::RestApi": _type(
        "Name",
        "Description",
        "BinaryMediaTypes",
        "EndpointConfiguration.Types",
        Tags=TAGS,
        SecurityPolicy=TLS,
        EndpointAccessMode=TLS,
        DisableExecuteApiEndpoint=TLS,
    ),
    "AWS::ApiGateway::Stage": _type(
        "RestApiId",
        "DeploymentId",
        "StageName",
        "AccessLogSetting",
        "MethodSettings.HttpMethod",
        "MethodSettings.ResourcePath",
        "MethodSettings.ThrottlingRateLimit",
        "MethodSettings.ThrottlingBurstLimit",
        MethodSettings__LoggingLevel=TRACE,
        MethodSettings__DataTraceEnabled=TRACE,
        MethodSettings__MetricsEnabled=TRACE,
        Description="a note for people",
        TracingEnabled=TRACE,
        Tags=TAGS,
    ),
    "AWS::CDK::Metadata": _type(Analytics=TRACE),
    "AWS::CloudWatch::Alarm": _type(
        "AlarmName",
        "AlarmDescription",
        "AlarmActions",
        "OKActions",
        "InsufficientDataActions",
        "ActionsEnabled",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "MetricName",
        "Namespace",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
        Tags=TAGS,
    ),
    "AWS::CloudWatch::Dashboard": _type("DashboardName", "DashboardBody"),
    "AWS::DynamoDB::Table": _type(
        "TableName",
        "KeySchema",
        "AttributeDefinitions",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "BillingMode",
        "ProvisionedThroughput",
        PointInTimeRecoverySpecification="a backup",
        SSESpecification=ENCRYPTION,
        DeletionProtectionEnabled=DELETION,
        ContributorInsightsSpecification=TRACE,
        Tags=TAGS,
    ),
    "AWS::Events::Rule": _type(
        "Name",
        "Description",
        "EventBusName",
        "EventPattern",
        "ScheduleExpression",
        "State",
        "Targets.Id",
        "Targets.Arn",
        "Targets.Input",
        "Targets.InputPath",
        "Targets.InputTransformer",
        "Targets.SqsParameters",
        Targets__DeadLetterConfig="delivery inside one process does not fail for a while",
        Targets__RetryPolicy="delivery inside one process does not fail for a while",
        Targets__RoleArn=IAM,
        Tags=TAGS,
    ),
    "AWS::IAM::ManagedPolicy": _type(
        "ManagedPolicyName", "Description", "Path", "PolicyDocument", "Roles", "Users", "Groups"
    ),
    "AWS::IAM::Policy": _type("PolicyName", "PolicyDocument", "Roles", "Users", "Groups"),
    "AWS::IAM::Role": _type(
        "RoleName",
        "AssumeRolePolicyDocument",
        "Description",
        "Path",
        "Policies",
        "MaxSessionDuration",
        ManagedPolicyArns=IAM,
        PermissionsBoundary=IAM,
        Tags=TAGS,
    ),
    "AWS::KMS::Alias": _type("AliasName", "TargetKeyId"),
    "AWS::KMS::Key": _type(
        "Description",
        "KeyPolicy",
        "EnableKeyRotation",
        PendingWindowInDays=DELETION,
        RotationPeriodInDays=ENCRYPTION,
        Tags=TAGS,
    ),
    "AWS::Lambda::EventSourceMapping": _type(
        "EventSourceArn",
        "FunctionName",
        "BatchSize",
        "Enabled",
        "FunctionResponseTypes",
        "ScalingConfig.MaximumConcurrency",
        Tags=TAGS,
    ),
    "AWS::Lambda::Function": _type(
        "FunctionName",
        "Description",
        "Code",
        "Environment",
        "Handler",
        "Layers",
        "MemorySize",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "Timeout",
        Architectures="the packages come from this machine's environment",
        EphemeralStorage="temporary files lie on this machine's disk",
        LoggingConfig__LogGroup="log lines go to /aws/lambda/<function>, which is its name too",
        TracingConfig=TRACE,
        PackageType="only Zip is deployed; an image's Code is refused",
        Tags=TAGS,
    ),
    "AWS::Lambda::LayerVersion": _type(
        "LayerName",
        "Content",
        "Description",
        "CompatibleRuntimes",
        LicenseInfo="a note for people",
        CompatibleArchitectures="the packages come from this machine's environment",
    ),
    "AWS::Lambda::Permission": _type(
        Action=IAM,
        FunctionName=IAM,
        Principal=IAM,
        SourceArn=IAM,
        SourceAccount=IAM,
        EventSourceToken=IAM,
    ),
    "AWS::Logs::LogGroup": _type(
        "LogGroupName",
        RetentionInDays=DELETION,
        KmsKeyId=ENCRYPTION,
        LogGroupClass=TRACE,
        Tags=TAGS,
    ),
    "AWS::S3::Bucket": _type(
        "BucketName",
        "VersioningConfiguration",
        "NotificationConfiguration.EventBridgeConfiguration",
        "LifecycleConfiguration",
        "PublicAccessBlockConfiguration",
        "BucketEncryption",
        OwnershipControls=IAM,
        LoggingConfiguration=TRACE,
        Tags=TAGS,
    ),
    "AWS::S3::BucketPolicy": _type("Bucket", "PolicyDocument"),
    "AWS::SNS::Subscription": _type(
        "TopicArn", "Protocol", "Endpoint", "RawMessageDelivery", "FilterPolicy"
    ),
    "AWS::SNS::Topic": _type(
        "TopicName", "DisplayName", KmsMasterKeyId=ENCRYPTION, TracingConfig=TRACE, Tags=TAGS
    ),
    "AWS::SNS::TopicPolicy": _type("Topics", "PolicyDocument"),
    "AWS::SQS::Queue": _type(
        "QueueName",
        "DelaySeconds",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "VisibilityTimeout",
        SqsManagedSseEnabled=ENCRYPTION,
        KmsMasterKeyId=ENCRYPTION,
        KmsDataKeyReusePeriodSeconds=ENCRYPTION,
        RedriveAllowPolicy=IAM,
        Tags=TAGS,
    ),
    "AWS::SQS::QueuePolicy": _type("Queues", "PolicyDocument"),
    "AWS::SSM::Parameter": _type("Name", "Type", "Value", "Description", Tags=TAGS),
}

ATTRIBUTES = (
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)
"""Members of a resource; DeletionPolicy has no effect: the whole cloud ends at once."""


def unsupported(template: dict[str, Any]) -> list[str]:
    """One sentence a thing that the offline cloud cannot do; empty: it can deploy the template."""
    faults: list[str] = [
        f"The template has {section}, which is not there in the offline cloud."
        for section in ("Transform", "Hooks", "Macros")
        if section in template
    ]
    for logical_id, resource in template.get("Resources", {}).items():
        kind = resource["Type"]
        support = TYPES.get(kind)
        if support is None:
            faults.append(f"{logical_id}: the type {kind} is not there in the offline cloud.")
            continue
        faults += [
            f"{logical_id} ({kind}): the member {member} is not there in the offline cloud."
            for member in resource
            if member not in ATTRIBUTES
        ]
        faults += [
            f"{logical_id} ({kind}): the property {path} is not there in the offline cloud."
            for path in _unknown(support, resource.get("Properties", {}), prefix="")
        ]
    return faults


def _unknown(support: Support, properties: Any, prefix: str) -> list[str]:
    known = support.used | support.accepted.keys()
    unknown: list[str] = []
    if isinstance(properties, list):
        return [path for item in properties for path in _unknown(support, item, prefix)]
    if not isinstance(properties, dict):
        return []
    if prefix and any(name.startswith("Fn::") or name == "Ref" for name in properties):
        return [f"{prefix.rstrip('.')} (an intrinsic function here)"]
    for name, value in properties.items():
        path = prefix + name
        if path in known:
            continue
        if any(other.startswith(path + ".") for other in known):
            unknown += _unknown(support, value, path + ".")
        else:
            unknown.append(path)
    return unknown

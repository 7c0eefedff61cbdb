"""Resource types that moto lacks, or creates only in part.

Each class is a direct subclass of moto's `CloudFormationModel`, which is how moto finds it; the
last one imported wins. They read properties whose references are resolved already.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.s3.models import FakeBucket, PublicAccessBlock, s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends


class Made:
    """What a created resource answers to Ref and GetAtt."""

    def __init__(self, physical_id: str, **attributes: str) -> None:
        self._physical_id = physical_id
        self._attributes = attributes

    @property
    def physical_resource_id(self) -> str:
        """What Ref gives."""
        return self._physical_id

    def get_cfn_attribute(self, name: str) -> str:
        """What GetAtt gives."""
        if name not in self._attributes:
            raise NotImplementedError(f"GetAtt {name} of {self._physical_id} is not there.")
        return self._attributes[name]

    def is_created(self) -> bool:
        """At once."""
        return True

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Outputs may ask for `attr`."""
        return True


class Bucket(CloudFormationModel):
    """S3 bucket, with what moto leaves out: versioning, events, lifecycle, public-access block."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Property that names it."""
        return "BucketName"

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::S3::Bucket"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Outputs may ask for `attr`."""
        return bool(FakeBucket.has_cfn_attr(attr))

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> FakeBucket:
        """Create it."""
        bucket = FakeBucket.create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name
        )
        properties = cloudformation_json["Properties"]
        backend = s3_backends[account_id]["aws"]
        if "VersioningConfiguration" in properties:
            status = properties["VersioningConfiguration"]["Status"]
            backend.put_bucket_versioning(resource_name, status)
        if "EventBridgeConfiguration" in properties.get("NotificationConfiguration", {}):
            bucket.set_notification_configuration({"EventBridgeConfiguration": {}})
        block = properties.get("PublicAccessBlockConfiguration")
        if block is not None:
            bucket.public_access_block = PublicAccessBlock(
                block_public_acls=block.get("BlockPublicAcls", False),
                ignore_public_acls=block.get("IgnorePublicAcls", False),
                block_public_policy=block.get("BlockPublicPolicy", False),
                restrict_public_buckets=block.get("RestrictPublicBuckets", False),
            )
        return bucket


class BucketPolicy(Made, CloudFormationModel):
    """Policy of a bucket."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> BucketPolicy:
        """PutBucketPolicy; it is not enforced yet."""
        properties = cloudformation_json["Properties"]
        bucket = properties["Bucket"]
        policy = json.dumps(properties["PolicyDocument"]).encode()
        s3_backends[account_id]["aws"].put_bucket_policy(bucket, policy)
        return cls(bucket)


class QueuePolicy(Made, CloudFormationModel):
    """Policy of queues."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> QueuePolicy:
        """Put it on the queues."""
        properties = cloudformation_json["Properties"]
        for url in properties["Queues"]:
            queue = sqs_backends[account_id][region_name].get_queue(url.rpartition("/")[2])
            queue.policy = json.dumps(properties["PolicyDocument"])
        return cls(resource_name)


class TopicPolicy(Made, CloudFormationModel):
    """Policy of topics."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::SNS::TopicPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> TopicPolicy:
        """Put it on the topics."""
        properties = cloudformation_json["Properties"]
        for arn in properties["Topics"]:
            topic = sns_backends[account_id][region_name].get_topic(arn)
            topic.policy = json.dumps(properties["PolicyDocument"])
        return cls(resource_name)


class Subscription(Made, CloudFormationModel):
    """Subscription of a topic."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::SNS::Subscription"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Subscription:
        """Subscribe."""
        properties = cloudformation_json["Properties"]
        protocol = properties["Protocol"]
        if protocol not in ("sqs", "email", "email-json"):
            raise NotImplementedError(f"SNS subscriptions by {protocol} are not there offline.")
        backend = sns_backends[account_id][region_name]
        made = backend.subscribe(properties["TopicArn"], properties["Endpoint"], protocol)
        if str(properties.get("RawMessageDelivery", False)).lower() == "true":
            backend.set_subscription_attributes(made.arn, "RawMessageDelivery", "true")
        if "FilterPolicy" in properties:
            policy = json.dumps(properties["FilterPolicy"])
            backend.set_subscription_attributes(made.arn, "FilterPolicy", policy)
        return cls(made.arn)


class Alarm(Made, CloudFormationModel):
    """CloudWatch alarm: kept and described; nobody evaluates it yet."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Property that names it."""
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Alarm:
        """PutMetricAlarm."""
        properties = cloudformation_json["Properties"]
        alarm = cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=resource_name,
            description=properties.get("AlarmDescription", ""),
            namespace=properties["Namespace"],
            metric_name=properties["MetricName"],
            dimensions=properties.get("Dimensions", []),
            statistic=properties.get("Statistic"),
            extended_statistic=properties.get("ExtendedStatistic"),
            period=int(properties["Period"]),
            evaluation_periods=int(properties["EvaluationPeriods"]),
            datapoints_to_alarm=properties.get("DatapointsToAlarm"),
            comparison_operator=properties["ComparisonOperator"],
            threshold=float(properties["Threshold"]),
            treat_missing_data=properties.get("TreatMissingData"),
            actions_enabled=properties.get("ActionsEnabled", True),
            alarm_actions=properties.get("AlarmActions", []),
            ok_actions=properties.get("OKActions", []),
            insufficient_data_actions=properties.get("InsufficientDataActions", []),
            unit=properties.get("Unit"),
        )
        return cls(resource_name, Arn=alarm.alarm_arn)


class Metadata(Made, CloudFormationModel):
    """CDK's note about itself."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::CDK::Metadata"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Metadata:
        """Nothing to create."""
        return cls(resource_name)

"""What a person must know, as plain sentences on one SNS topic: subscribe to it."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import ComparisonOperator, TreatMissingData
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_events import EventField, EventPattern, Rule, RuleTargetInput
from aws_cdk.aws_events_targets import SnsTopic
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_kms import Key
from aws_cdk.aws_sns import Topic
from constructs import Construct

from infra.config import Config
from infra.parts.handler import Stage

_SENDERS = ("events.amazonaws.com", "cloudwatch.amazonaws.com")


class Notice(Construct):
    """An encrypted topic. It has a key of its own, because neither EventBridge nor CloudWatch may
    use the AWS managed one: their messages would be lost without a word."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id)
        key = Key(
            self,
            "Key",
            description=f"Messages of {config.slug} to people.",
            enable_key_rotation=True,
            removal_policy=config.removal,
        )
        for sender in _SENDERS:
            key.add_to_resource_policy(
                PolicyStatement(
                    principals=[ServicePrincipal(sender)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                )
            )
        self.topic = Topic(self, "Topic", topic_name=config.slug, master_key=key, enforce_ssl=True)
        for sender in _SENDERS:
            self.topic.grant_publish(ServicePrincipal(sender))

    def tells(self, id: str, *, says: str, of: EventPattern) -> None:
        """Tell people of every event that matches, in one sentence."""
        field = EventField.from_path
        sentence = (
            f"{field('$.detail.model')}, run {field('$.detail.run')}: "
            f"{field('$.detail.status')}. {field('$.detail.reason')}"
        )
        Rule(
            self,
            id,
            description=says,
            event_pattern=of,
            targets=[SnsTopic(self.topic, message=RuleTargetInput.from_text(sentence))],
        )

    def alarms_on(self, *stages: Stage) -> None:
        """Alarm while a dead letter of `stages` lies unread: even record could not tell of it."""
        for stage in stages:
            stage.dead.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            ).create_alarm(
                self,
                f"{stage.node.id}Dead",
                alarm_description=f"A message to {stage.node.id.lower()} failed for good.",
                threshold=0,
                comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=1,
                treat_missing_data=TreatMissingData.NOT_BREACHING,
            ).add_alarm_action(SnsAction(self.topic))

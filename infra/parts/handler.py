"""The shape of a stage: a queue, a dead-letter queue, a function, and the mapping between them.

Every rule delivers into a queue, so that a burst waits instead of failing, a message is retried
until its function succeeds, and what cannot succeed is kept where it is heard of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size, aws_lambda
from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import Architecture, ILayerVersion
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_s3 import IBucket
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra.config import Config
from infra.parts.bundle import RUNTIME, Bundle
from infra.parts.permissions import allow
from sluice.contracts.environment import Environment
from sluice.contracts.timeouts import MARGIN_SECONDS, STAGE_SECONDS


@dataclass(frozen=True, kw_only=True, slots=True)
class StageContext:
    """What every stage's construct is given: the settings, the code, and what all stages share."""

    config: Config
    bundle: Bundle
    artifacts: IBucket
    """The artifact bucket."""
    models: ITable
    """The models table."""

    @property
    def slug(self) -> str:
        """The stack's short name."""
        return self.config.slug


TRIES = 3
"""Deliveries of one message before it is dead."""

MARGIN = Duration.seconds(MARGIN_SECONDS)
"""Between a function's time-out and its message becoming visible again. AWS advises six time-outs
for batches behind a concurrency limit; here a batch is one message, and the mapping's own maximum
concurrency keeps it from being received without a place to run."""


class Handler(Construct):
    """A function with a role and a log group of its own."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        environment: Environment,
        may: Sequence[PolicyStatement],
        timeout: Duration,
        memory: int = 512,
        storage: Size | None = None,
        layer: ILayerVersion | None = None,
    ) -> None:
        """`id` is the stage's word, capitalised: of `Train` the handler is
        `functions.train.handler.handle`. `may` is all that its role allows, beside writing to its
        own log. `memory` is in MB."""
        super().__init__(scope, id)
        word = id.lower()
        config = context.config
        name = f"{context.slug}-{word}"
        log = LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{name}",
            retention=config.log_retention,
            removal_policy=config.removal,
        )
        self.role = Role(
            self,
            "Role",
            description=f"What {name} may do.",
            assumed_by=ServicePrincipal("lambda.amazonaws.com"),
        )
        self.may(allow("logs:CreateLogStream", "logs:PutLogEvents", on=[log.log_group_arn]), *may)
        self.function = aws_lambda.Function(
            self,
            "Function",
            function_name=name,
            runtime=RUNTIME,
            architecture=Architecture.X86_64,
            code=context.bundle.code_of(word),
            handler=f"functions.{word}.handler.handle",
            layers=[layer or context.bundle.base],
            role=self.role,
            environment=environment.variables(),
            timeout=timeout,
            memory_size=memory,
            ephemeral_storage_size=storage,
            log_group=log,
        )

    def may(self, *statements: PolicyStatement) -> None:
        """Allow the function more."""
        for statement in statements:
            self.role.add_to_principal_policy(statement)

    def takes_from(self, id: str, queue: Queue, *, concurrency: int) -> None:
        """Run for each message of `queue`, for at most `concurrency` (2 or more) at a time."""
        self.may(
            allow(
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
                on=[queue.queue_arn],
            )
        )
        mapping = self.function.add_event_source_mapping(
            id,
            event_source_arn=queue.queue_arn,
            batch_size=1,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )
        # Creating a mapping fails unless the role may already read the queue.
        mapping.node.add_dependency(self.role)


class Stage(Handler):
    """A handler behind `queue`; what fails three times lies in `dead`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        environment: Environment,
        may: Sequence[PolicyStatement],
        timeout: Duration | None = None,
        memory: int = 512,
        storage: Size | None = None,
        layer: ILayerVersion | None = None,
        concurrency: int = 2,
    ) -> None:
        """As `Handler`; the time-out is a minute unless said."""
        timeout = timeout or Duration.seconds(STAGE_SECONDS)
        super().__init__(
            scope,
            id,
            context,
            environment=environment,
            may=may,
            timeout=timeout,
            memory=memory,
            storage=storage,
            layer=layer,
        )
        name = f"{context.slug}-{id.lower()}"
        self.dead = Queue(
            self,
            "Dead",
            queue_name=f"{name}-dead",
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.seconds(STAGE_SECONDS).plus(MARGIN),
        )
        self.queue = Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=timeout.plus(MARGIN),
            dead_letter_queue=DeadLetterQueue(queue=self.dead, max_receive_count=TRIES),
        )
        self.takes_from("Mapping", self.queue, concurrency=concurrency)

"""reconcile, a keeper: set off by a schedule; puts what is open on the queue of its stage."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import allow, put_events, query_index, rows
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.ledger import BY_TIME


class Reconcile(Stage):
    """Repairs nothing itself: it asks `validate`, `train`, `gate` and `deploy` to look again."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        drop_bucket: IBucket,
        ledger: ITable,
        validate: Stage,
        train: Stage,
        gate: Stage,
        deploy: Stage,
    ) -> None:
        super().__init__(
            scope,
            id,
            context,
            environment=ReconcileEnvironment(
                slug=context.slug,
                drop_bucket=drop_bucket.bucket_name,
                ledger_table=ledger.table_name,
                models_table=context.models.table_name,
                validate_queue=validate.queue.queue_url,
                train_queue=train.queue.queue_url,
                gate_queue=gate.queue.queue_url,
                deploy_queue=deploy.queue.queue_url,
            ),
            may=[
                allow("s3:ListBucket", on=[drop_bucket.bucket_arn]),
                query_index(ledger, BY_TIME),
                rows(context.models, "Query", "PutItem"),
                allow(
                    "sqs:SendMessage",
                    on=[s.queue.queue_arn for s in (validate, train, gate, deploy)],
                ),
                put_events(scope, context.slug),
            ],
        )

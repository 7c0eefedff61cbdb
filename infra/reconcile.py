"""reconcile, a keeper: set off by a schedule; puts what is open on the queue of its stage."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import allow, put_events, query_index, rows
from infra.stage import Stage
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.ledger import BY_TIME


class Reconcile(Stage):
    """Repairs nothing itself: it asks `validate`, `train`, `gate` and `deploy` to look again."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Config,
        bundle: Bundle,
        drop_bucket: IBucket,
        ledger: ITable,
        models: ITable,
        validate: Stage,
        train: Stage,
        gate: Stage,
        deploy: Stage,
    ) -> None:
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="reconcile",
            environment=ReconcileEnvironment(
                slug=config.slug,
                drop_bucket=drop_bucket.bucket_name,
                ledger_table=ledger.table_name,
                models_table=models.table_name,
                validate_queue=validate.queue.queue_url,
                train_queue=train.queue.queue_url,
                gate_queue=gate.queue.queue_url,
                deploy_queue=deploy.queue.queue_url,
            ),
            may=[
                allow("s3:ListBucket", on=[drop_bucket.bucket_arn]),
                query_index(ledger, BY_TIME),
                rows(models, "Query", "PutItem"),
                allow(
                    "sqs:SendMessage",
                    on=[s.queue.queue_arn for s in (validate, train, gate, deploy)],
                ),
                put_events(scope, config.slug),
            ],
        )

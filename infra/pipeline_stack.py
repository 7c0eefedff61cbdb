"""THE MAP: what happens after a file lands, from top to bottom.

    PutObject --> [drop bucket] --Object Created--> validate --Dataset Accepted--> train
      train --Training Job State Change--> gate --Model Package State Change--> deploy --> endpoint
      applications --HTTPS--> serve --> endpoint --captured traffic--> watch, on a schedule

Beside the way: record hears everything and writes the ledger; reconcile, on a schedule, puts what
is open on its stage's queue again; what a person must know goes to one topic.

First the parts, in the data's order, each given what it needs of those before; what each may do
stands in its own file. Then the arrows: every event, and whose queue it reaches.
"""

from __future__ import annotations

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Stack
from constructs import Construct

from infra.config import Config
from infra.parts.arrows import (
    arrow,
    endpoint,
    model_package,
    object_created,
    ours,
    processing_job,
    tick,
    training_job,
    validation_job,
)
from infra.parts.bundle import Bundle
from infra.parts.handler import StageContext
from infra.parts.images import Images
from infra.parts.ledger import Ledger
from infra.parts.notice import Notice
from infra.parts.store import Store
from infra.stages.deploy import Deploy
from infra.stages.drop import Drop
from infra.stages.gate import Gate
from infra.stages.reconcile import Reconcile
from infra.stages.record import Record
from infra.stages.serve import Serve
from infra.stages.train import Train
from infra.stages.validate import Validate
from infra.stages.watch import Watch
from sluice.contracts.events import Kind


class PipelineStack(Stack):
    """All of Sluice in one stack, for any account and region."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        # The CLI checks the bootstrap version; as a rule of the template it would need an SSM
        # parameter in every place that the template is deployed to.
        synthesizer = DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        super().__init__(
            scope,
            id,
            stack_name=config.slug,
            description="Sluice: drop a dataset in a bucket, get a measured model behind HTTPS.",
            synthesizer=synthesizer,
        )
        slug = config.slug
        bundle = Bundle(self, "Bundle", synthesizer=synthesizer)
        images = Images(self, "Images")
        store = Store(self, "Store", config=config)

        context = StageContext(
            config=config, bundle=bundle, artifacts=store.artifacts, models=store.models
        )

        drop = Drop(self, "Drop", config=config)
        validate = Validate(
            self, "Validate", context, image=images.validation, drop_bucket=drop.bucket
        )
        train = Train(self, "Train", context, image=images.training)
        gate = Gate(self, "Gate", context, image=images.serving)
        deploy = Deploy(self, "Deploy", context, image=images.serving)
        serve = Serve(self, "Serve", context)
        watch = Watch(self, "Watch", context)

        ledger = Ledger(self, "Ledger", config=config)
        record = Record(self, "Record", context, ledger=ledger.table)
        reconcile = Reconcile(
            self,
            "Reconcile",
            context,
            drop_bucket=drop.bucket,
            ledger=ledger.table,
            validate=validate,
            train=train,
            gate=gate,
            deploy=deploy,
        )
        notice = Notice(self, "Notice", config=config)

        arrow(
            self,
            "ObjectCreated",
            says="A file landed in the drop bucket: validate it.",
            on=object_created(drop.bucket),
            to=(validate, record),
        )
        arrow(
            self,
            "ValidationEnded",
            says="A job that validated a large drop ended: see that the drop did.",
            on=validation_job(slug, "Completed", "Failed", "Stopped"),
            to=(validate,),
        )
        arrow(
            self,
            "DatasetAccepted",
            says="Validate accepted a dataset: train on it.",
            on=ours(slug, Kind.DATASET_ACCEPTED),
            to=(train,),
        )
        arrow(
            self,
            "TrainingCompleted",
            says="A training job completed: judge what it made.",
            on=training_job(slug, "Completed"),
            to=(gate,),
        )
        arrow(
            self,
            "TrainingFailed",
            says="A training job failed or was stopped: try again, or say why not.",
            on=training_job(slug, "Failed", "Stopped"),
            to=(train,),
        )
        arrow(
            self,
            "EvaluationEnded",
            says="An evaluation ended: decide, and register the model.",
            on=processing_job(slug, "Completed", "Failed", "Stopped"),
            to=(gate,),
        )
        arrow(
            self,
            "ModelPackageChanged",
            says="The gate or a person approved or rejected a model: converge its endpoint.",
            on=model_package(slug),
            to=(deploy, record),
        )
        arrow(
            self,
            "EndpointChanged",
            says="An endpoint settled or failed: look where it stands.",
            on=endpoint(slug),
            to=(deploy,),
        )
        tick(
            self,
            "WatchTick",
            says="Time to look at the captured traffic.",
            every=config.watch_every,
            to=watch,
        )

        arrow(
            self,
            "StageSpoke",
            says="A stage said something: write it into the ledger.",
            on=ours(slug),
            to=(record,),
        )
        arrow(
            self,
            "TrainingChanged",
            says="A training job moved: write it into the ledger.",
            on=training_job(slug),
            to=(record,),
        )
        tick(
            self,
            "ReconcileTick",
            says="Time to look for what was left open.",
            every=config.reconcile_every,
            to=reconcile,
        )
        record.takes_dead_letters_of(validate, train, gate, deploy, watch, reconcile)
        notice.tells(
            "RunEnded",
            says="A run was rejected, failed, waits for a person or was rolled back: tell people.",
            of=ours(slug, status=("rejected", "failed", "waiting", "rolled back")),
        )
        notice.alarms_on(validate, train, gate, deploy, watch, record, reconcile)

        outputs = {
            "Slug": slug,
            "DropBucket": drop.bucket.bucket_name,
            "ArtifactBucket": store.artifacts.bucket_name,
            "LedgerTable": ledger.table.table_name,
            "ModelsTable": store.models.table_name,
            "ApiUrl": serve.api.url,
            "Topic": notice.topic.topic_arn,
        }
        for name, value in outputs.items():
            CfnOutput(self, f"Output{name}", value=value).override_logical_id(name)

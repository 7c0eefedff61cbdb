"""Converges one model under its lease: see, decide, take the step, until there is nothing to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.deploy import requests
from functions.deploy.decide import (
    Bar,
    Create,
    Endpoint,
    Hold,
    Promote,
    Remove,
    Rest,
    Situation,
    Step,
    Update,
    config_name,
    next_step,
    wanted,
)
from functions.shared.aws import Aws
from functions.shared.bus import Bus
from functions.shared.clock import Clock, utc_now
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.shared.registry import Package
from functions.shared.signatures import signature_at
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import DeployEnvironment
from sluice.contracts.events import CAPACITY, Kind
from sluice.contracts.names import Run, is_endpoint_of, parse_endpoint
from sluice.contracts.release import Champion
from sluice.contracts.spec import Spec

_MAX_STEPS = 20
"""Steps of one delivery; each is cheap, and what is left over comes back with the next event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployStep:
    """Deploys the models of one stack."""

    env: DeployEnvironment
    aws: Aws
    artifacts: Store
    models: Models
    say: Bus
    now: Clock = utc_now

    def take(self, hint: Hint, *, holder: str) -> None:
        """Bring the model that the hint is about as far as it can go now."""
        with self.models.lease(hint.model, holder=holder):
            for _ in range(_MAX_STEPS):
                step = next_step(self._situation(hint.model))
                if isinstance(step, Rest) or not self._do(step):
                    break
        if hint.run and hint.detail_type == Kind.RECONCILE:
            self._say_again(hint.run)

    def _situation(self, model: str) -> Situation:
        slug = self.env.slug
        champion = self.models.champion(model)
        found = self.aws.packages(slug, model)
        want = wanted(found)
        all_names = self.aws.endpoint_names(f"{slug}-")
        ours = {}
        for name in all_names:
            if is_endpoint_of(name, slug, model):
                answer = self.aws.endpoint(name)
                if answer:
                    ours[name] = Endpoint(
                        name=name,
                        status=answer["EndpointStatus"],
                        config=answer["EndpointConfigName"],
                        failure=answer.get("FailureReason", ""),
                    )
        return Situation(
            slug=slug,
            model=model,
            packages=found,
            champion=champion,
            endpoints=ours,
            asked=self.models.asked(model),
            same_interface=self._same_interface(champion, want),
            endpoints_in_stack=len(all_names),
            max_endpoints=self.env.bounds().max_endpoints,
            at=self.now(),
        )

    def _same_interface(self, champion: Champion | None, want: Package | None) -> bool:
        if champion is None or want is None:
            return False
        if champion.package == want.arn:
            return True
        return (
            champion.instance_type == self.env.bounds().endpoint_instance
            and signature_at(self.artifacts, champion.artifacts).interface()
            == signature_at(self.artifacts, want.artifacts).interface()
        )

    def _spec(self, package: Package) -> Spec:
        key = package.run.dataset_prefix + "accepted.json"
        return Spec.model_validate(Accepted.model_validate(self.artifacts.read_json(key)).spec)

    def _do(self, step: Step) -> bool:
        """Take the step; False where it leads no further now."""
        match step:
            case Create(endpoint=name, package=package):
                self._prepare(package)
                request = requests.create_request(name, config_name(package), package)
                return self._ask("create_endpoint", request, package, "A new endpoint")
            case Update(endpoint=name, package=package):
                self._prepare(package)
                request = requests.update_request(name, config_name(package))
                how = "The endpoint is updated beside the version that serves"
                return self._ask("update_endpoint", request, package, how)
            case Promote(endpoint=name, package=package):
                self._promote(name, package)
            case Bar(package=package, why=why, reason=reason):
                self._bar(package, why, reason)
            case Remove(endpoint=name):
                self.aws.delete_endpoint(name)
                _, model, _ = parse_endpoint(name)
                asked = self.models.asked(model)
                asked.pop(name, None)
                self.models.note_asked(model, asked)
            case Hold(package=package, reason=reason):
                # Said once: people are told of it, and reconcile comes by every few minutes.
                if self.models.first_time(package.run, "held"):
                    self.say(Kind.RELEASE_WAITING, package.run, status="waiting", reason=reason)
                return False
        return True

    def _prepare(self, package: Package) -> None:
        """The package's SageMaker Model and EndpointConfig, made where they are not there yet."""
        name = config_name(package)
        self.aws.ensure_model(requests.model_request(name, package, self.env))
        spec = self._spec(package)
        self.aws.ensure_endpoint_config(requests.config_request(name, package, spec, self.env))

    def _ask(self, operation: str, request: dict[str, Any], package: Package, how: str) -> bool:
        """Create or update the endpoint; False where there is no capacity for it now."""
        if short := self.aws.start(operation, request):
            self.say(Kind.RELEASE_WAITING, package.run, status=CAPACITY, reason=short)
            return False
        name = request["EndpointName"]
        # Written after the call: a delivery that dies in between asks once more, which is harmless;
        # written before, an update that was never sent would read as a rollback.
        self.models.note_asked(
            package.run.model,
            self.models.asked(package.run.model) | {name: config_name(package)},
        )
        self.say(
            Kind.RELEASE_STARTED,
            package.run,
            status="started",
            reason=f"{how}: {name} with version {package.properties.version}.",
            attempt=package.properties.attempt,
            data={"endpoint": name, "version": package.properties.version},
        )
        return True

    def _promote(self, name: str, package: Package) -> None:
        """Scaling first, then the pointer, then the mark in the registry, then the event."""
        policy, spec = self.env.bounds(), self._spec(package)
        self.aws.scale(requests.scalable_target(name, spec), requests.scaling_policy(name, policy))
        released_at = self.now().isoformat(timespec="milliseconds")
        properties = package.properties.model_copy(update={"released": released_at})
        self.aws.change_package(
            package.arn, {"CustomerMetadataProperties": properties.as_strings()}
        )
        self.models.set_champion(
            Champion(
                model=package.run.model,
                version=properties.version,
                run=properties.run,
                attempt=properties.attempt,
                sequence=properties.sequence,
                endpoint=name,
                generation=parse_endpoint(name)[2],
                endpoint_config=config_name(package),
                package=package.arn,
                instance_type=policy.endpoint_instance,
                artifacts=package.artifacts,
                evaluation=package.evaluation,
                released_at=released_at,
            )
        )
        self._say_released(package, name, spec)

    def _say_released(self, package: Package, name: str, spec: Spec) -> None:
        version = package.properties.version
        self.say(
            Kind.MODEL_RELEASED,
            package.run,
            status="released",
            reason=f"Version {version} answers on {name}, {spec.deploy.min} to "
            f"{spec.deploy.max} instances.",
            attempt=package.properties.attempt,
            data={"endpoint": name, "version": version},
        )

    def _bar(self, package: Package, why: str, reason: str) -> None:
        properties = package.properties.model_copy(update={"barred": why})
        self.aws.change_package(
            package.arn,
            {
                "ModelApprovalStatus": "Rejected",
                # SageMaker takes no line breaks here, and failure reasons have them.
                "ApprovalDescription": " ".join(reason.split())[:1024],
                "CustomerMetadataProperties": properties.as_strings(),
            },
        )
        self._say_barred(package, why, reason)

    def _say_barred(self, package: Package, why: str, reason: str) -> None:
        superseded = why == "superseded"
        self.say(
            Kind.RELEASE_SUPERSEDED if superseded else Kind.RELEASE_ROLLED_BACK,
            package.run,
            status="rejected",
            reason=reason,
            attempt=package.properties.attempt,
        )

    def _say_again(self, run: Run) -> None:
        """Repeat how the run ended: a delivery that died after its last step never said it."""
        champion = self.models.champion(run.model)
        for package in self.aws.packages(run.slug, run.model):
            if package.properties.run != str(run):
                continue
            if package.properties.barred:
                self._say_barred(package, package.properties.barred, package.reason)
            elif champion and champion.package == package.arn:
                self._say_released(package, champion.endpoint, self._spec(package))
            elif package.approval == "Rejected":
                self.say(
                    Kind.MODEL_JUDGED,
                    run,
                    stage="gate",
                    status="rejected",
                    reason=package.reason or "A person rejected the model package.",
                    attempt=package.properties.attempt,
                )

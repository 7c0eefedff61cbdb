"""Models and endpoint configs: what is written down before anything serves, kept whole."""

from __future__ import annotations

import threading

from localcloud.sagemaker.errors import NotThere, ValidationException
from localcloud.sagemaker.resources import (
    Document,
    Resource,
    arn,
    checked_name,
    copied,
    listing,
    now,
)

MODEL_SUMMARY = ("ModelName", "ModelArn", "CreationTime")
CONFIG_SUMMARY = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")


class Definitions:
    """Named documents of one kind that are created, read, listed and deleted, never changed."""

    def __init__(self, kind: str, path: str, spoken: str) -> None:
        self._kind, self._path, self._spoken = kind, path, spoken
        self._lock = threading.Lock()
        self.by_name: dict[str, Resource] = {}

    def create(self, request: Document) -> Document:
        """Keep the request; a taken name is refused in AWS's words."""
        name = checked_name(request, f"{self._kind}Name")
        its_arn = arn(self._path, name)
        made = {f"{self._kind}Arn": its_arn, "CreationTime": now()}
        with self._lock:
            if name in self.by_name:
                raise ValidationException(
                    f'Cannot create already existing {self._spoken} "{its_arn}".'
                )
            self.by_name[name] = Resource(
                arn=its_arn,
                tags=list(request.get("Tags") or ()),
                document=copied(request, "Tags") | made,
            )
        return {f"{self._kind}Arn": its_arn}

    def get(self, name: str) -> Resource:
        """The resource called `name`."""
        resource = self.by_name.get(name)
        if resource is None:
            raise ValidationException(f'Could not find {self._spoken} "{arn(self._path, name)}".')
        return resource

    def describe(self, request: Document) -> Document:
        """The document as it was given."""
        return self.get(request[f"{self._kind}Name"]).document

    def delete(self, request: Document) -> Document:
        """Forget it; what serves from it goes on serving, as on AWS."""
        with self._lock:
            self.get(request[f"{self._kind}Name"])
            del self.by_name[request[f"{self._kind}Name"]]
        return {}

    def list(self, request: Document, result: str, members: tuple[str, ...]) -> Document:
        """The List operation; newest first, as AWS's default is."""
        return listing(
            list(self.by_name.values()),
            request,
            result=result,
            kind=self._kind,
            members=members,
            newest_first=True,
        )


def check_model(request: Document) -> None:
    """Refuse, by name, models that could not be served here."""
    containers = request.get("Containers") or ()
    if len(containers) > 1:
        raise NotThere("A model of several containers (an inference pipeline)")
    if not containers and not request.get("PrimaryContainer"):
        raise ValidationException("Provide a PrimaryContainer or Containers.")


def check_config(request: Document, models: Definitions) -> None:
    """Refuse what names no model, and by name what could not be served here."""
    absent = ("AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants")
    for member in absent:
        if request.get(member):
            raise NotThere(f"EndpointConfig.{member}")
    names = [checked_name(variant, "VariantName") for variant in request["ProductionVariants"]]
    if len(set(names)) != len(names):
        raise ValidationException("The variant names of an endpoint config must be unique.")
    for variant in request["ProductionVariants"]:
        where = f"EndpointConfig, variant {variant['VariantName']}"
        for member in ("ServerlessConfig", "ManagedInstanceScaling", "InstancePools"):
            if variant.get(member):
                raise NotThere(f"{where}: {member}")
        if not variant.get("ModelName"):
            raise NotThere(f"{where}: a variant without ModelName (inference components)")
        models.get(variant["ModelName"])

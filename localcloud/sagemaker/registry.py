"""The model registry: groups, versioned packages, and the approval that sets off a deployment."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

from localcloud import bus
from localcloud.sagemaker.errors import ValidationException
from localcloud.sagemaker.resources import (
    SOURCE,
    Document,
    Resource,
    arn,
    checked_name,
    copied,
    listing,
    now,
    plain,
    tag_map,
)

APPROVALS = ("Approved", "Rejected", "PendingManualApproval")

CHANGEABLE = (
    "ModelApprovalStatus",
    "ApprovalDescription",
    "ModelLifeCycle",
    "ModelCard",
    "InferenceSpecification",
    "SourceUri",
    "ModelPackageRegistrationType",
)
"""Members that UpdateModelPackage replaces."""

GROUP_SUMMARY = (
    "ModelPackageGroupName",
    "ModelPackageGroupArn",
    "ModelPackageGroupDescription",
    "CreationTime",
    "ModelPackageGroupStatus",
)
PACKAGE_SUMMARY = (
    "ModelPackageName",
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "ModelPackageDescription",
    "CreationTime",
    "ModelPackageStatus",
    "ModelApprovalStatus",
    "ModelLifeCycle",
)


class Registry:
    """All package groups and packages."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._versions: dict[str, int] = {}
        self._tokens: dict[str, str] = {}
        self.groups: dict[str, Resource] = {}
        self.packages: dict[str, Resource] = {}
        """By ARN, oldest first."""

    def create_group(self, request: Document) -> Document:
        """CreateModelPackageGroup."""
        name = checked_name(request, "ModelPackageGroupName")
        its_arn = arn("model-package-group", name)
        made = {
            "ModelPackageGroupArn": its_arn,
            "CreationTime": now(),
            "ModelPackageGroupStatus": "Completed",
        }
        with self._lock:
            if name in self.groups:
                raise ValidationException(f"Model Package Group already exists: {its_arn}")
            self.groups[name] = Resource(
                arn=its_arn,
                tags=list(request.get("Tags") or ()),
                document=copied(request, "Tags") | made,
            )
        return {"ModelPackageGroupArn": its_arn}

    def describe_group(self, request: Document) -> Document:
        """DescribeModelPackageGroup, by name or ARN."""
        return self._group(request).document

    def delete_group(self, request: Document) -> Document:
        """DeleteModelPackageGroup; one that holds packages stays."""
        with self._lock:
            group = self._group(request)
            name = group.document["ModelPackageGroupName"]
            if any(p.document.get("ModelPackageGroupName") == name for p in self.packages.values()):
                raise ValidationException(
                    "Model Package Group cannot be deleted because it still contains Model "
                    f"Packages: {group.arn}"
                )
            del self.groups[name]
        return {}

    def list_groups(self, request: Document) -> Document:
        """ListModelPackageGroups."""
        return listing(
            list(self.groups.values()),
            request,
            result="ModelPackageGroupSummaryList",
            kind="ModelPackageGroup",
            members=GROUP_SUMMARY,
        )

    def create_package(self, request: Document) -> Document:
        """CreateModelPackage; the same ClientToken again answers the same package."""
        token = request.get("ClientToken")
        with self._lock:
            if token and (known := self._tokens.get(token)) in self.packages:
                return {"ModelPackageArn": known}
            package = self._new_package(request)
            self.packages[package.arn] = package
            if token:
                self._tokens[token] = package.arn
        self._announce(package)
        return {"ModelPackageArn": package.arn}

    def _new_package(self, request: Document) -> Resource:
        group, name = request.get("ModelPackageGroupName"), request.get("ModelPackageName")
        if bool(group) == bool(name):
            raise ValidationException(
                "Provide either ModelPackageGroupName or ModelPackageName, not both."
            )
        made: Document = {
            "CreationTime": now(),
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        }
        if group:
            group = self._group(request).document["ModelPackageGroupName"]
            version = self._versions[group] = self._versions.get(group, 0) + 1
            its_arn = arn("model-package", f"{group}/{version}")
            made |= {
                "ModelPackageGroupName": group,
                "ModelPackageVersion": version,
                "ModelApprovalStatus": _approval(request) or "PendingManualApproval",
            }
        else:
            its_arn = arn("model-package", str(name))
            if its_arn in self.packages:
                raise ValidationException(f"ModelPackage {its_arn} already exists.")
        return Resource(
            arn=its_arn,
            tags=list(request.get("Tags") or ()),
            document=copied(request, "Tags", "ClientToken") | made | {"ModelPackageArn": its_arn},
        )

    def describe_package(self, request: Document) -> Document:
        """DescribeModelPackage, by ARN (or name, for one without a version)."""
        with self._lock:
            return deepcopy(self.package(request["ModelPackageName"]).document)

    def update_package(self, request: Document) -> Document:
        """UpdateModelPackage; metadata is merged, a changed approval is announced."""
        with self._lock:
            package = self.package(request["ModelPackageArn"])
            document, approval = package.document, _approval(request)
            changed = approval is not None and approval != document.get("ModelApprovalStatus")
            metadata = document.get("CustomerMetadataProperties") or {}
            metadata |= request.get("CustomerMetadataProperties") or {}
            for key in request.get("CustomerMetadataPropertiesToRemove") or ():
                metadata.pop(key, None)
            document |= {k: deepcopy(request[k]) for k in CHANGEABLE if request.get(k) is not None}
            document |= {"CustomerMetadataProperties": metadata, "LastModifiedTime": now()}
            more = request.get("AdditionalInferenceSpecificationsToAdd")
            if more:
                document.setdefault("AdditionalInferenceSpecifications", []).extend(more)
        if changed:
            self._announce(package)
        return {"ModelPackageArn": package.arn}

    def delete_package(self, request: Document) -> Document:
        """DeleteModelPackage; its version number is not given again."""
        with self._lock:
            del self.packages[self.package(request["ModelPackageName"]).arn]
        return {}

    def list_packages(self, request: Document) -> Document:
        """ListModelPackages: of one group, or those without versions, or both."""
        group = (request.get("ModelPackageGroupName") or "").rpartition("/")[2]
        approval = request.get("ModelApprovalStatus")
        kinds = request.get("ModelPackageType") or ("Versioned" if group else "Unversioned")

        def wanted(document: Document) -> bool:
            kind = "Versioned" if "ModelPackageVersion" in document else "Unversioned"
            return (
                kinds in (kind, "Both")
                and (not group or document.get("ModelPackageGroupName") == group)
                and approval in (None, document.get("ModelApprovalStatus"))
            )

        with self._lock:
            return listing(
                list(self.packages.values()),
                request,
                result="ModelPackageSummaryList",
                kind="ModelPackage",
                members=PACKAGE_SUMMARY,
                keep=wanted,
            )

    def package(self, name: str) -> Resource:
        """The package of an ARN or name."""
        found = self.packages.get(name if name.startswith("arn:") else arn("model-package", name))
        if found is None:
            raise ValidationException(f"ModelPackage {name} does not exist.")
        return found

    def _group(self, request: Document) -> Resource:
        name = request["ModelPackageGroupName"].rpartition("/")[2]
        if name not in self.groups:
            raise ValidationException(
                f"ModelPackageGroup {arn('model-package-group', name)} does not exist."
            )
        return self.groups[name]

    def _announce(self, package: Resource) -> None:
        with self._lock:
            detail: dict[str, Any] = plain(package.document, times_as_text=False)
        name = package.arn.partition(":model-package/")[2]
        bus.emit(
            source=SOURCE,
            detail_type="SageMaker Model Package State Change",
            resources=[package.arn],
            detail=detail | {"ModelPackageName": name, "Tags": tag_map(package.tags)},
        )


def _approval(request: Document) -> str | None:
    approval: str | None = request.get("ModelApprovalStatus")
    if approval not in (None, *APPROVALS):
        raise ValidationException(
            f"1 validation error detected: Value '{approval}' at 'modelApprovalStatus' failed to "
            f"satisfy constraint: Member must satisfy enum value set: {list(APPROVALS)}"
        )
    return approval

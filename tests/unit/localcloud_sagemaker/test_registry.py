"""The model registry keeps what it is told, once, and says when an approval changes."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_cloud import IMAGE, ROLE, Cloud, until


@pytest.fixture
def group(cloud: Cloud, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("_", "-")[:60]
    cloud.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name


def package(cloud: Cloud, group: str, **more: Any) -> str:
    box = {"Image": IMAGE, "ModelDataUrl": "s3://data/m.tar.gz"}
    return str(
        cloud.sagemaker.create_model_package(
            ModelPackageGroupName=group,
            InferenceSpecification={
                "Containers": [box],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            **more,
        )["ModelPackageArn"]
    )


def test_the_same_token_makes_one_package(cloud: Cloud, group: str) -> None:
    first = package(cloud, group, ClientToken="t" * 36)
    assert package(cloud, group, ClientToken="t" * 36) == first
    second = package(cloud, group, ClientToken="u" * 36)
    assert [first.rpartition("/")[2], second.rpartition("/")[2]] == ["1", "2"]
    cloud.sagemaker.delete_model_package(ModelPackageName=second)
    assert package(cloud, group).endswith("/3")


def test_an_approval_is_kept_and_announced(cloud: Cloud, group: str) -> None:
    metadata = {"run": "r-1"}
    arn = package(
        cloud,
        group,
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties=metadata,
    )
    cloud.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="looks good"
    )
    cloud.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"seen": "yes"}
    )
    described = cloud.sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ApprovalDescription"] == "looks good"
    assert described["CustomerMetadataProperties"] == {"run": "r-1", "seen": "yes"}
    assert described["InferenceSpecification"]["Containers"][0]["Image"] == IMAGE
    until(lambda: len(cloud.events(group)) == 2)
    made, approved = cloud.events(group)
    assert made["detail-type"] == "SageMaker Model Package State Change"
    assert made["detail"]["ModelApprovalStatus"] == "PendingManualApproval"
    assert approved["detail"] | {} == approved["detail"]
    detail = approved["detail"]
    assert detail["ModelApprovalStatus"] == "Approved"
    assert detail["ModelPackageGroupName"] == group
    assert detail["ModelPackageVersion"] == 1
    assert detail["ModelPackageArn"] == arn
    assert detail["CustomerMetadataProperties"] == metadata


def test_packages_are_listed_by_group_and_approval(cloud: Cloud, group: str) -> None:
    arns = [
        package(cloud, group, ModelApprovalStatus=status)
        for status in ("Approved", "Rejected", "Approved")
    ]

    def listed(**wanted: Any) -> list[str]:
        pages = cloud.sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group, PaginationConfig={"PageSize": 2}, **wanted
        )
        return [p["ModelPackageArn"] for page in pages for p in page["ModelPackageSummaryList"]]

    assert listed(SortBy="CreationTime", SortOrder="Descending") == arns[::-1]
    assert listed(ModelApprovalStatus="Approved") == [arns[0], arns[2]]
    with pytest.raises(ClientError, match="still contains Model Packages"):
        cloud.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    for arn in arns:
        cloud.sagemaker.delete_model_package(ModelPackageName=arn)
    cloud.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="does not exist"):
        cloud.sagemaker.describe_model_package_group(ModelPackageGroupName=group)


def test_models_and_configs_are_kept_whole(cloud: Cloud) -> None:
    capture = {
        "EnableCapture": False,
        "InitialSamplingPercentage": 7,
        "DestinationS3Uri": "s3://data/c/",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
    }
    tags = [{"Key": "run", "Value": "r"}]
    name = cloud.config("whole", env={"A": "b"}, DataCaptureConfig=capture, Tags=tags)
    model = cloud.sagemaker.describe_model(ModelName=name)
    assert model["ExecutionRoleArn"] == ROLE
    source = model["PrimaryContainer"]["ModelDataSource"]["S3DataSource"]
    assert source["CompressionType"] == "None"
    config = cloud.sagemaker.describe_endpoint_config(EndpointConfigName=name)
    assert config["DataCaptureConfig"] == capture
    assert cloud.sagemaker.list_tags(ResourceArn=config["EndpointConfigArn"])["Tags"] == tags
    names = [m["ModelName"] for m in cloud.sagemaker.list_models(NameContains="whole")["Models"]]
    assert names == [name]
    cloud.sagemaker.delete_endpoint_config(EndpointConfigName=name)
    cloud.sagemaker.delete_model(ModelName=name)
    with pytest.raises(ClientError, match="Could not find model"):
        cloud.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{"VariantName": "main", "ModelName": name}],
        )

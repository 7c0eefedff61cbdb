"""A run that waits for a person is released by that person, here or in the AWS console."""

from __future__ import annotations

from sluice.contracts.names import package_group
from tests.pipeline.cloud import poll, table


def wait_for_person(offline, model: str):
    offline.put(f"{model}/sluice.yaml", "gate: {approval: manual}\n")
    state = offline.drop(f"{model}/people.csv", table(), state="waiting")
    assert "waits for a person" in state.reason
    answer = offline.client.predict_raw(model, b'{"instances": [{}]}', "application/json")
    assert answer.status == 503
    return state


def moves_to(offline, run: str, wanted: str) -> None:
    def look() -> bool:
        state = offline.client.state(run)
        assert state is not None
        return state.state == wanted

    poll(look, what=f"{run} that is {wanted}")


def test_sluice_approve_releases(offline, model):
    state = wait_for_person(offline, model)
    offline.client.approve(state.run_id)
    moves_to(offline, state.run_id, "released")


def test_an_approval_by_the_aws_api_releases_alike(offline, model):
    state = wait_for_person(offline, model)
    sagemaker = offline.aws("sagemaker")
    group = package_group(offline.slug, model)
    (package,) = sagemaker.list_model_packages(ModelPackageGroupName=group)[
        "ModelPackageSummaryList"
    ]
    sagemaker.update_model_package(
        ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus="Approved"
    )
    moves_to(offline, state.run_id, "released")


def test_a_persons_no_ends_the_run(offline, model):
    state = wait_for_person(offline, model)
    sagemaker = offline.aws("sagemaker")
    group = package_group(offline.slug, model)
    (package,) = sagemaker.list_model_packages(ModelPackageGroupName=group)[
        "ModelPackageSummaryList"
    ]
    sagemaker.update_model_package(
        ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus="Rejected"
    )
    moves_to(offline, state.run_id, "rejected")

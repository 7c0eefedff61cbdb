"""What the offline cloud cannot create fails the deployment, by name; nothing is skipped."""

import json

import parity_stack
import pytest
from parity_cloud import start


@pytest.fixture
def refused(tmp_path):
    def deploy(template):
        folder = parity_stack.write(tmp_path / "cdk.out", template)
        process = start("up", "--cdk-out", str(folder), "--json", runtime=tmp_path)
        said, complaint = process.communicate(timeout=60)
        assert said == ""
        assert process.returncode == 1
        return complaint

    return deploy


def test_unknown_types_properties_and_members_are_all_named(refused):
    template = {
        "Resources": {
            "Cluster": {"Type": "AWS::ECS::Cluster"},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}},
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"NotificationConfiguration": {"QueueConfigurations": []}},
                "CreationPolicy": {},
            },
        }
    }
    said = refused(template)
    assert "Cluster: the type AWS::ECS::Cluster is not there" in said
    assert "Queue (AWS::SQS::Queue): the property FifoQueue is not there" in said
    assert "the property NotificationConfiguration.QueueConfigurations is not there" in said
    assert "Bucket (AWS::S3::Bucket): the member CreationPolicy is not there" in said


def test_the_stack_is_described_with_its_local_url(cloud):
    described = cloud.client("cloudformation").describe_stacks(StackName="parity")["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
    assert described["StackStatus"] == "CREATE_COMPLETE"
    assert outputs["ApiUrl"] == cloud.note["api_url"]
    assert outputs["ApiUrl"].startswith("https://localhost:")
    assert outputs["DropBucket"] == "parity-drop"
    assert outputs["Topic"] == "arn:aws:sns:mars-west-1:000000000000:parity-topic"


def test_every_resource_has_a_physical_id(cloud):
    found = cloud.client("cloudformation").list_stack_resources(StackName="parity")
    ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found["StackResourceSummaries"]}
    assert ids.keys() == parity_stack.template()["Resources"].keys()
    assert all(isinstance(i, str) and " object at " not in i for i in ids.values())


def test_a_change_of_the_stack_is_refused_by_name(cloud):
    formation = cloud.client("cloudformation")
    with pytest.raises(formation.exceptions.ClientError, match="UpdateStack is not there"):
        formation.update_stack(StackName="parity", TemplateBody=json.dumps(parity_stack.template()))


def test_an_operation_that_moto_lacks_is_named(cloud):
    queues = cloud.client("sqs")
    with pytest.raises(queues.exceptions.ClientError) as caught:
        queues.start_message_move_task(SourceArn="arn:aws:sqs:mars-west-1:000000000000:x")
    assert caught.value.response["Error"]["Code"] == "NotImplemented"

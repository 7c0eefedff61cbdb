"""The strict table: what the offline cloud does not know is named, wherever it stands."""

import pytest

from localcloud.cloudformation.support import TYPES, unsupported


def _faults(kind, properties, **members):
    return unsupported({"Resources": {"It": {"Type": kind, "Properties": properties, **members}}})


def test_what_is_known_passes():
    assert _faults("AWS::SQS::Queue", {"QueueName": "a", "Tags": []}, DependsOn=["x"]) == []


def test_an_unknown_type_is_named():
    assert _faults("AWS::ECS::Cluster", {}) == [
        "It: the type AWS::ECS::Cluster is not there in the offline cloud."
    ]


def test_an_unknown_property_is_named():
    (fault,) = _faults("AWS::SQS::Queue", {"FifoQueue": True})
    assert (
        fault == "It (AWS::SQS::Queue): the property FifoQueue is not there in the offline cloud."
    )


def test_a_property_inside_a_list_is_named():
    targets = [{"Id": "a", "Arn": "b"}, {"Id": "c", "Arn": "d", "EcsParameters": {}}]
    (fault,) = _faults("AWS::Events::Rule", {"Targets": targets})
    assert "Targets.EcsParameters" in fault


def test_a_part_that_cannot_be_looked_into_is_named():
    properties = {"NotificationConfiguration": {"Fn::If": ["x", {}, {}]}}
    (fault,) = _faults("AWS::S3::Bucket", properties)
    assert "NotificationConfiguration (an intrinsic function here)" in fault


def test_an_unknown_member_is_named():
    (fault,) = _faults("AWS::SQS::Queue", {}, CreationPolicy={})
    assert "the member CreationPolicy" in fault


def test_a_macro_is_named():
    (fault,) = unsupported({"Transform": "AWS::Serverless-2016-10-31", "Resources": {}})
    assert "Transform" in fault


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_nothing_is_both_used_and_without_effect(kind):
    support = TYPES[kind]
    assert not support.used & support.accepted.keys()
    assert all(support.accepted.values())

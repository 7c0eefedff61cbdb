"""Fleets follow their target tracking policy on the metrics that they really produce."""

from __future__ import annotations

import threading

import pytest
from botocore.exceptions import ClientError
from sagemaker_cloud import Cloud, until

from localcloud.autoscaling.tracking import Policy, State, bounded, decide

POLICY = Policy(name="p", target=100)


def wish(values: list[float], **state: float) -> int | None:
    known: dict[str, float] = {"count": 2, "least": 1, "most": 4}
    decision = decide([POLICY], values, State(**(known | state)))  # type: ignore[arg-type]
    return decision.count if decision else None


def test_three_high_points_scale_out_in_proportion() -> None:
    assert wish([150, 150]) is None
    assert wish([150, 90, 150]) is None
    assert wish([150, 150, 150]) == 3
    assert wish([150, 150, 900]) == 4


def test_fifteen_low_points_scale_in_to_what_was_needed() -> None:
    assert wish([10] * 14) is None
    assert wish([10] * 15) == 1
    assert wish([10] * 14 + [60]) is None
    assert wish([95] * 15) is None
    assert wish([0] * 15, least=2) is None


def test_cool_downs_are_kept() -> None:
    assert wish([150] * 3, since_out=299) is None
    assert wish([150] * 3, since_out=300, since_any=10) == 3
    assert wish([0] * 15, since_any=299) is None


def test_bounds_hold_whatever_the_traffic_is() -> None:
    low, high = State(count=1, least=2, most=4), State(count=9, least=2, most=4)
    decisions = [bounded(low), bounded(high), bounded(State(count=3, least=2, most=4))]
    assert [d.count if d else None for d in decisions] == [2, 4, None]


def test_load_adds_an_instance_and_idleness_takes_it_away(cloud: Cloud) -> None:
    name = cloud.endpoint("busy")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{name}/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    cloud.scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    cloud.scaling.put_scaling_policy(
        **target,
        PolicyName="calls",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 2.0,
            "PredefinedMetricSpecification": metric,
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 60,
        },
    )
    ended = threading.Event()
    errors: list[Exception] = []

    def load() -> None:
        while not ended.is_set():
            try:
                cloud.invoke(name)
            except ClientError as error:
                errors.append(error)

    caller = threading.Thread(target=load)
    caller.start()
    until(lambda: cloud.instances(name) == 2)
    ended.set()
    caller.join()
    until(lambda: cloud.instances(name) == 1)
    assert not errors
    activities = cloud.scaling.describe_scaling_activities(
        ServiceNamespace="sagemaker", ResourceId=target["ResourceId"]
    )["ScalingActivities"]
    texts = [a["Description"] for a in reversed(activities)]
    assert texts == [f"Setting desired instance count to {n}." for n in (2, 1)]
    assert "policy calls" in activities[0]["Cause"]
    cloud.scaling.deregister_scalable_target(**target)


def test_only_what_is_there_can_be_scaled(cloud: Cloud) -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/nobody/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    with pytest.raises(ClientError, match="Could not find the variant"):
        cloud.scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    tables = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/t",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    with pytest.raises(ClientError) as raised:
        cloud.scaling.register_scalable_target(**tables, MinCapacity=1, MaxCapacity=2)
    assert raised.value.response["Error"]["Code"] == "NotImplemented"

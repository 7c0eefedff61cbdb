"""A load step adds an instance, idle returns to min, and no request fails either way."""

from __future__ import annotations

import threading

from tests.pipeline.cloud import poll, table


def test_load_adds_an_instance_and_idle_takes_it_away(offline, model):
    offline.put(f"{model}/sluice.yaml", "deploy: {min: 1, max: 2}\n")
    offline.drop(f"{model}/people.csv", table(), state="released")
    endpoint = offline.client.call("GET", f"v1/models/{model}").document()["endpoint"]
    scaling = offline.aws("application-autoscaling")
    (policy,) = scaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=f"endpoint/{endpoint}/variant/main"
    )["ScalingPolicies"]
    # An operator's act: the machine of a test cannot make 600 calls a (scaled) minute for long.
    configuration = policy["TargetTrackingScalingPolicyConfiguration"] | {"TargetValue": 20.0}
    scaling.put_scaling_policy(
        PolicyName=policy["PolicyName"],
        ServiceNamespace=policy["ServiceNamespace"],
        ResourceId=policy["ResourceId"],
        ScalableDimension=policy["ScalableDimension"],
        PolicyType=policy["PolicyType"],
        TargetTrackingScalingPolicyConfiguration=configuration,
    )
    done = threading.Event()
    failures: list[str] = []

    def load() -> None:
        body = b'{"instances": [{"width": 1.0, "colour": "red"}]}'
        # Some 50 calls a second: on a fast machine one caller alone is beyond the API's throttle.
        while not done.wait(0.02):
            answer = offline.client.predict_raw(model, body, "application/json")
            if answer.status != 200:
                failures.append(answer.body)

    def instances() -> int:
        described = offline.aws("sagemaker").describe_endpoint(EndpointName=endpoint)
        count: int = described["ProductionVariants"][0]["CurrentInstanceCount"]
        return count

    caller = threading.Thread(target=load)
    caller.start()
    try:
        poll(lambda: instances() == 2, what="second instance")
    finally:
        done.set()
        caller.join()
    assert failures == []
    poll(lambda: instances() == 1, what="return to min", patience=120)

"""Application Auto Scaling of endpoint variants, on the metrics that they really produce.

| operation | what it does here | what moto does |
|---|---|---|
| RegisterScalableTarget | moto's, for variants that exist; the bounds are kept at once | stores |
| PutScalingPolicy | moto's, for SageMakerVariantInvocationsPerInstance | stores |
| DescribeScalingActivities | what was scaled, when and why | not there |
| Describe-, Deregister-, Delete- | moto's own | |

Different from AWS still: the alarms of a policy are not shown in CloudWatch, and there are no
customized metrics, no step scaling and no scheduled actions.
"""

from __future__ import annotations

from collections.abc import Callable

from moto.applicationautoscaling.models import applicationautoscaling_backends

from localcloud.autoscaling.controller import Controller
from localcloud.autoscaling.models import LocalAutoscalingBackend
from localcloud.house import House


def start(home: House) -> Callable[[], None]:
    """Install the backend, follow the policies; returns what stops that again.

    To be called before the first request for Application Auto Scaling: moto's own backend, where
    it was created already, goes with what it held.
    """
    made = applicationautoscaling_backends[home.account][home.region]
    if not isinstance(made, LocalAutoscalingBackend):
        applicationautoscaling_backends.backend = LocalAutoscalingBackend
        del applicationautoscaling_backends[home.account]
    return Controller(home).stop

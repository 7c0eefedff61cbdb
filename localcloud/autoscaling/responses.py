"""The operation of Application Auto Scaling that moto lacks."""

from __future__ import annotations

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse


class LocalAutoScalingResponse(ApplicationAutoScalingResponse):
    """moto's answers, and DescribeScalingActivities."""

    def describe_scaling_activities(self) -> str:
        """Newest first, as AWS lists them."""
        self._validate_params()
        wanted = {
            name: self._get_param(name)
            for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        }
        found = [
            activity
            for activity in reversed(self.applicationautoscaling_backend.activities)
            if all(value is None or activity[name] == value for name, value in wanted.items())
        ]
        start = int(self._get_param("NextToken") or 0)
        end = start + (self._get_int_param("MaxResults") or 50)
        more = {"NextToken": str(end)} if end < len(found) else {}
        return json.dumps({"ScalingActivities": found[start:end]} | more)

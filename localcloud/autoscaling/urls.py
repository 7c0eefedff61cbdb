"""Where moto routes Application Auto Scaling; the module's name and place are moto's rule."""

from localcloud.autoscaling.responses import LocalAutoScalingResponse

url_bases = [r"https?://application-autoscaling\.(.+)\.amazonaws.com"]

url_paths = {"{0}/$": LocalAutoScalingResponse.dispatch}

"""Where moto routes SageMaker's control plane; the module's name and place are moto's rule."""

from localcloud.sagemaker.responses import LocalSageMakerResponse

url_bases = [r"https?://api\.sagemaker\.(.+)\.amazonaws.com"]

url_paths = {"{0}/$": LocalSageMakerResponse.dispatch}

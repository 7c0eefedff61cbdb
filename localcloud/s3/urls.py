"""moto's S3 URLs, answered by `LocalS3Response`."""

from moto.s3.urls import url_bases
from moto.s3.urls import url_paths as _moto_paths

from localcloud.s3.responses import LocalS3Response

url_paths = {
    path: getattr(LocalS3Response, handler.__name__) for path, handler in _moto_paths.items()
}

__all__ = ["url_bases", "url_paths"]

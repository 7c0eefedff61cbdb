"""What the process environment must say before moto is imported, and must not say at all.

Real credentials, profiles and proxies of whoever starts the cloud are removed first, so that
neither this process nor anything below it can reach AWS.
"""

from __future__ import annotations

import os

from localcloud.house import ACCESS_KEY, ACCOUNT, REGION, SECRET_KEY

MOTO = {
    "MOTO_ACCOUNT_ID": ACCOUNT,
    "MOTO_ALLOW_NONEXISTENT_REGION": "true",
    # Buckets stand in the path; otherwise `localhost` would be taken for one.
    "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true",
    # No web page is to read what moto answers.
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    # Layers are named, never uploaded.
    "VALIDATE_LAMBDA_S3": "false",
    # Machine images are 10 MB of data for a service that nobody uses.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


def isolate() -> None:
    """Make this process's environment the offline cloud's own."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BOTO_", "MOTO_")) or name.upper().endswith("_PROXY"):
            del os.environ[name]
    os.environ.update(MOTO)
    os.environ.update(
        {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )

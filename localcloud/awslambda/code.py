"""Where a function's code lies offline: the folder of its asset in the cloud assembly.

Lambda unpacks the bundle into /var/task; here the asset's folder is copied once below the data
folder, so that bytecode is kept between cold starts and the assembly stays as it was synthesised.
Layers are not unpacked: their packages come from the environment this program runs in, whose pins
equal the layers' locks.
"""

from __future__ import annotations

import base64
import io
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

from localcloud import assembly, house

_lock = threading.Lock()


def folder(code: dict[str, Any], function: str) -> Path:
    """The folder that the function's `Code` unpacks to; made on first use.

    `ValueError` where the assembly has no such asset.
    """
    home = house.current()
    if "S3Key" in code and "ZipFile" not in code:
        key = str(code["S3Key"])
        place = home.data_dir / "functions" / Path(key).stem
        source = assembly.read(home.assembly).files.get(key)
        if source is None or not source.is_dir():
            raise ValueError(f"{function}: the assembly has no folder for the asset {key}.")
        with _lock:
            if not place.exists():
                shutil.copytree(source, place)
        return place
    if "ZipFile" in code:
        place = home.data_dir / "functions" / f"{function}-{code['UUID']}"
        with _lock:
            if not place.exists():
                with zipfile.ZipFile(io.BytesIO(_decoded(code["ZipFile"]))) as bundle:
                    bundle.extractall(place)
        return place
    raise NotImplementedError(f"{function}: code from an image is not there in the offline cloud.")


def _decoded(zip_file: str | bytes) -> bytes:
    return base64.b64decode(zip_file)

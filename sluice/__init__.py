"""Sluice: drop a dataset in a bucket, get a measured model behind HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sluice.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    # The functions and containers import sluice.contracts; they must not pay for the client.
    if name == "Client":
        from sluice.client import Client

        return Client
    raise AttributeError(f"module 'sluice' has no attribute {name!r}")

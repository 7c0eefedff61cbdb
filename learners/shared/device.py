"""Where and how torch computes: the one place that chooses a device and fixes randomness."""

from __future__ import annotations

import os

import torch

THREADS = 1
"""Threads on a CPU. A fixed number, because sums depend on how they are cut; one, because the
default instance has one physical core."""


def prepare(seed: int) -> torch.device:
    """Fix seeds and threads, take deterministic algorithms only, and choose the device."""
    # cuBLAS reads it when its first handle is made: the condition for its determinism.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_num_threads(THREADS)
    # The same switch as use_deterministic_algorithms, without its import of the compiler (2 s).
    torch.set_deterministic_debug_mode("error")
    torch.manual_seed(seed)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")

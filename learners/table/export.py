"""Writing the model folder, and the proof that what is served is what was trained."""

from __future__ import annotations

import json
import shutil
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from safetensors.torch import save
from torch import Tensor

from learners.shared.evidence import OutOfFold, write_evidence
from learners.shared.row_hash import Hashes
from learners.table.encoder import Encoded, Encoder
from learners.table.signature import signature
from sluice.contracts.tasks import TASKS
from sluice.contracts.training import Job

TOLERANCE: Final = 1e-4
"""Largest difference of a probability, or of a value in standard deviations of the target."""


def write_folder(
    job: Job,
    *,
    graph: onnx.ModelProto,
    encoder: Encoder,
    weights: dict[str, Tensor],
    facts: dict[str, Any],
    trained: Hashes,
    out_of_fold: OutOfFold | None,
) -> None:
    """Write exactly the files that the task's row states."""
    folder = job.tree.model
    folder.mkdir(parents=True, exist_ok=True)
    signed = signature(
        job.schema, model=job.hyperparameters.model, version=job.hyperparameters.version
    )
    onnx.save(graph, folder / "model.onnx")
    (folder / "features.json").write_text(encoder.to_json(), "utf-8")
    (folder / "signature.json").write_text(signed.model_dump_json(indent=1), "utf-8")
    shutil.copyfile(job.tree.channel("profile") / "profile.json", folder / "profile.json")
    tensors = {name: tensor.contiguous().cpu() for name, tensor in weights.items()}
    (folder / "weights.safetensors").write_bytes(save(tensors))
    (folder / "training.json").write_text(json.dumps(facts, indent=1), "utf-8")
    write_evidence(folder, trained, out_of_fold)
    files = TASKS[job.schema.task].model_files
    if missing := [name for name in files if not (folder / name).is_file()]:
        raise RuntimeError(f"The model folder lacks {', '.join(missing)}.")


def check_equal(
    graph: onnx.ModelProto,
    encoded: Encoded,
    expected: npt.NDArray[Any],
    *,
    unit: float = 1.0,
) -> float:
    """The largest difference between the graph's answers and torch's `expected`, in `unit`s.

    Raises `RuntimeError` beyond `TOLERANCE`: such a model must not be served.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    (answers,) = session.run(None, encoded.inputs())
    difference = float(np.max(np.abs(answers - expected)) / unit)
    if not difference <= TOLERANCE:
        raise RuntimeError(
            f"The ONNX graph and torch differ by {difference:.2e} (allowed {TOLERANCE:.0e}); "
            "this is a fault of the export, not of the data."
        )
    return difference

"""The `serve` container and its `evaluate` entry: ONNX Runtime on model folders, no torch."""

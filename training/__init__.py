"""The `train` container: reads /opt/ml as SageMaker lays it out, trains, exports a model folder."""

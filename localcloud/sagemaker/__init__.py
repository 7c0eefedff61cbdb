"""SageMaker made real: moto routes and serialises, the work is done here by processes.

| operation | what it does here | what moto does |
|---|---|---|
| CreateTrainingJob, StopTrainingJob | a process on an /opt/ml-shaped tree, one a core at a time; \
checkpoints, logs, metrics, every state change an event | "Completed" at once; no stop |
| CreateProcessingJob, StopProcessingJob | the same, inputs and outputs below \
/opt/ml/processing | "Completed" at once |
| Describe-, ListTrainingJobs, -ProcessingJobs | the whole document | some members |
| Create-, Describe-, Delete-, ListModels | the whole document; taken names are refused | \
overwrites |
| Create-, Describe-, Delete-, ListEndpointConfigs | the same; what cannot be served here is \
refused by name | overwrites |
| CreateEndpoint, DeleteEndpoint, DescribeEndpoint, ListEndpoints | real `serve` processes, \
pinged, restarted when they die, drained before they go | "InService" at once |
| UpdateEndpoint | the new fleet beside the old, all at once, quiet rollback | not there |
| UpdateEndpointWeightsAndCapacities | instances start and drain | changes a number |
| CreateModelPackage, UpdateModelPackage | ClientToken, merged metadata, an event a changed \
approval | no event |
| Describe-, Delete-, ListModelPackages, and the same of ModelPackageGroups | whole documents | \
no deletes |
| InvokeEndpoint (`runtime`) | fewest outstanding requests, data capture, CloudWatch metrics | \
answers `b"body"` |
| AddTags, ListTags, DeleteTags | moto's own | |
| everything else | `NotImplemented`, naming the operation | pretends |

Different from AWS still: `FastFile` is a copy; GPUs, volumes, spot interruptions, encryption and
networks are not there (network isolation takes credentials and the cloud's address away, no more);
`DeploymentConfig` is kept, its alarms and waiting times are not acted on; an instance in service is
replaced when its process dies, not when /ping fails.
"""

from __future__ import annotations

from moto.sagemaker.models import sagemaker_backends


def stop_all() -> None:
    """End every job and every instance of every region; to be called before the children are."""
    for _, _, backend in list(sagemaker_backends.iter_backends()):
        stop = getattr(backend, "stop", None)
        if stop is not None:
            stop()

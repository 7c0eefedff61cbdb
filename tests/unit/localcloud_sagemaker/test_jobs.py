"""Training and processing jobs are processes on SageMaker's container contract."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_cloud import IMAGE, ROLE, Cloud, until


def test_a_training_job_is_a_process_that_leaves_a_model(cloud: Cloud) -> None:
    cloud.put("kept/step.txt", b"3")
    name = cloud.train(
        "good",
        Environment={"X": "y"},
        CheckpointConfig={"S3Uri": "s3://data/kept/"},
        Tags=[{"Key": "stage", "Value": "train"}],
    )
    job = cloud.training_end(name)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://data/out/good/output/model/"
    assert cloud.get("out/good/output/model/deep/weights.txt") == b"1\n2\n"
    assert cloud.get("out/good/output/data/notes.txt") == b"notes"
    told = json.loads(cloud.get("out/good/output/model/told.json"))
    assert told["environment"]["X"] == "y"
    assert told["environment"]["TRAINING_JOB_NAME"] == "good"
    assert told["environment"]["AWS_ENDPOINT_URL"] == cloud.home.endpoint_url
    assert told["environment"]["AWS_SESSION_TOKEN"]
    assert told["inputdataconfig"]["train"]["TrainingInputMode"] == "File"
    assert told["resourceconfig"]["current_host"] == "algo-1"
    assert told["checkpoints"] == ["step.txt"]
    assert not (cloud.home.data_dir / "jobs/TrainingJob/good").exists()
    phases = [t["Status"] for t in job["SecondaryStatusTransitions"]]
    assert phases == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]
    tags = cloud.sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "stage", "Value": "train"}]


def test_every_change_of_a_training_job_is_an_event(cloud: Cloud) -> None:
    cloud.training_end(cloud.train("heard"))

    def completed() -> Any:
        events = cloud.events("training-job/heard")
        return events if events and events[-1]["detail"]["SecondaryStatus"] == "Completed" else None

    events = until(completed)
    assert {e["detail-type"] for e in events} == {"SageMaker Training Job State Change"}
    assert {e["source"] for e in events} == {"aws.sagemaker"}
    assert [e["detail"]["SecondaryStatus"] for e in events] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    detail = events[-1]["detail"]
    assert detail["TrainingJobStatus"] == "Completed"
    assert detail["ModelArtifacts"]["S3ModelArtifacts"].endswith("/output/model/")
    assert detail["CreationTime"].isdigit()


def test_its_lines_are_logs_and_metrics(cloud: Cloud) -> None:
    job = cloud.training_end(cloud.train("talks"))
    (metric,) = job["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("train:loss", 0.25)
    group = "/aws/sagemaker/TrainingJobs"
    streams = cloud.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="talks/")
    (stream,) = streams["logStreams"]
    assert stream["logStreamName"].startswith("talks/algo-1-")
    lines = cloud.logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
    assert [e["message"] for e in lines["events"]] == ["epoch=1 loss=0.5", "epoch=2 loss=0.25"]
    metrics = cloud.cloudwatch.list_metrics(
        Namespace=group, Dimensions=[{"Name": "TrainingJobName", "Value": "talks"}]
    )
    assert [m["MetricName"] for m in metrics["Metrics"]] == ["train:loss"]


def test_a_tar_gz_is_made_where_no_compression_type_is_named(cloud: Cloud) -> None:
    name = cloud.train("packed", OutputDataConfig={"S3OutputPath": "s3://data/out"})
    artifacts = cloud.training_end(name)["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifacts == "s3://data/out/packed/output/model.tar.gz"
    assert "out/packed/output/model.tar.gz" in cloud.keys("out/packed/")


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("fail", "AlgorithmError: the rows are odd, exit code: 3"),
        (
            "die",
            "AlgorithmError: the container left no output/failure; its last line was: "
            "epoch=1 loss=0.5, exit code: 137",
        ),
    ],
)
def test_a_job_that_fails_says_why(cloud: Cloud, does: str, reason: str) -> None:
    job = cloud.training_end(cloud.train(f"fails-{does}", does))
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert job["FailureReason"] == reason
    assert "ModelArtifacts" not in job or not job["ModelArtifacts"]


def test_absent_data_and_images_are_the_clients_error(cloud: Cloud) -> None:
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/nowhere/"}
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": source}}
    job = cloud.training_end(cloud.train("no-data", InputDataConfig=[channel]))
    assert job["FailureReason"].startswith("ClientError: Data download failed:No S3 objects")
    algorithm = {"TrainingImage": "somewhere/else:tag", "TrainingInputMode": "File"}
    job = cloud.training_end(cloud.train("no-image", AlgorithmSpecification=algorithm))
    assert "somewhere/else:tag" in job["FailureReason"]


def _training(cloud: Cloud, name: str) -> None:
    def running() -> bool:
        job = cloud.sagemaker.describe_training_job(TrainingJobName=name)
        return bool(job["SecondaryStatus"] == "Training" and cloud.home.data_dir.exists())

    until(running)
    until(lambda: (cloud.home.data_dir / f"jobs/TrainingJob/{name}/checkpoints/step.txt").exists())


def test_a_stopped_job_keeps_what_it_had(cloud: Cloud) -> None:
    name = cloud.train("stopped", "hang", CheckpointConfig={"S3Uri": "s3://data/steps/"})
    _training(cloud, name)
    cloud.sagemaker.stop_training_job(TrainingJobName=name)
    job = cloud.training_end(name)
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    assert cloud.get("out/stopped/output/model/half.txt") == b"half"
    assert cloud.get("steps/step.txt") == b"7"
    with pytest.raises(ClientError, match="is in status Stopped"):
        cloud.sagemaker.stop_training_job(TrainingJobName=name)


def test_a_job_that_runs_too_long_is_stopped(cloud: Cloud) -> None:
    name = cloud.train("slow", "hang", StoppingCondition={"MaxRuntimeInSeconds": 1})
    job = cloud.training_end(name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_one_job_a_core_runs_and_the_others_say_that_they_wait(cloud: Cloud) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert cores
    running = [cloud.train(f"full-{n}", "hang") for n in range(cores)]
    for name in running:
        _training(cloud, name)
    first, second = cloud.train("queued-1"), cloud.train("queued-2")
    job = cloud.sagemaker.describe_training_job(TrainingJobName=second)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("InProgress", "Pending")
    message = job["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert message.startswith("Waiting for a free core")
    cloud.sagemaker.stop_training_job(TrainingJobName=second)
    assert cloud.training_end(second)["TrainingJobStatus"] == "Stopped"
    cloud.sagemaker.stop_training_job(TrainingJobName=running[0])
    assert cloud.training_end(first)["TrainingJobStatus"] == "Completed"
    for name in running[1:]:
        cloud.sagemaker.stop_training_job(TrainingJobName=name)
    for name in running:
        cloud.training_end(name)


def test_a_name_is_given_once(cloud: Cloud) -> None:
    cloud.training_end(cloud.train("twice"))
    with pytest.raises(ClientError) as raised:
        cloud.train("twice")
    assert raised.value.response["Error"]["Code"] == "ResourceInUse"
    with pytest.raises(ClientError, match="Requested resource not found"):
        cloud.sagemaker.describe_training_job(TrainingJobName="never")


@pytest.mark.parametrize("name", ["../up", "a/b", "x" * 64])
def test_a_name_cannot_leave_its_folder(cloud: Cloud, name: str) -> None:
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        cloud.train(name)


def test_a_channel_cannot_leave_its_folder(cloud: Cloud) -> None:
    cloud.put("in/out/rows.txt", b"1")
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in/out/"}
    channel = {"ChannelName": "..", "DataSource": {"S3DataSource": source}}
    for name in ("../../..", "x/../../../.."):
        job = cloud.train(f"leaves-{len(name)}", InputDataConfig=[channel | {"ChannelName": name}])
        assert "is no path below /opt/ml" in cloud.training_end(job)["FailureReason"]


def test_what_is_not_there_is_named(cloud: Cloud) -> None:
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    with pytest.raises(ClientError, match="several instances") as raised:
        cloud.train("wide", ResourceConfig=resources)
    assert raised.value.response["Error"]["Code"] == "NotImplemented"
    with pytest.raises(ClientError, match="sagemaker:ListNotebookInstances"):
        cloud.sagemaker.list_notebook_instances()


def _process(cloud: Cloud, name: str, rows: bytes) -> dict[str, Any]:
    cloud.put(f"in/{name}/rows.txt", rows)
    inside = {"S3DataType": "S3Prefix", "S3InputMode": "File"}
    cloud.sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=ROLE,
        AppSpecification={"ImageUri": IMAGE, "ContainerArguments": ["process"]},
        ProcessingResources={
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            }
        },
        ProcessingInputs=[
            {
                "InputName": "rows",
                "S3Input": inside
                | {
                    "S3Uri": f"s3://data/in/{name}/rows.txt",
                    "LocalPath": "/opt/ml/processing/input/rows",
                },
            }
        ],
        ProcessingOutputConfig={
            "Outputs": [
                {
                    "OutputName": "sum",
                    "S3Output": {
                        "S3Uri": f"s3://data/sums/{name}/",
                        "LocalPath": "/opt/ml/processing/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        NetworkConfig={"EnableNetworkIsolation": True},
    )

    def ended() -> Any:
        job = cloud.sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] != "InProgress" else None

    job: dict[str, Any] = until(ended)
    return job


def test_a_processing_job_uploads_what_it_made(cloud: Cloud) -> None:
    job = _process(cloud, "sums", b"12345")
    assert job["ProcessingJobStatus"] == "Completed", job
    assert cloud.get("sums/sums/sum.txt") == b"5"
    until(lambda: len(cloud.events("processing-job/sums")) == 3)
    last = cloud.events("processing-job/sums")[-1]
    assert last["detail-type"] == "SageMaker Processing Job State Change"
    assert last["detail"]["ProcessingJobStatus"] == "Completed"
    with pytest.raises(ClientError) as raised:
        _process(cloud, "sums", b"again")
    assert raised.value.response["Error"]["Code"] == "ResourceInUse"


def test_a_processing_job_that_fails_gives_its_message(cloud: Cloud) -> None:
    job = _process(cloud, "refuses", b"bad")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["ExitMessage"] == "the rows are bad"
    assert job["FailureReason"] == "AlgorithmError: the rows are bad, exit code: 1"

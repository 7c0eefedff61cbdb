"""Events reach their targets in the form that AWS gives them."""

import io
import json
import uuid

import pytest


@pytest.fixture
def drops(cloud):
    """Reads the events that arrived in the events queue since the test began."""
    sqs, url = cloud.client("sqs"), cloud.queue_url("parity-events")

    def read(wait=2):
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        for message in found.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(m["Body"]) for m in found.get("Messages", [])]

    while read(wait=0):
        pass
    return read


def test_an_object_is_announced_once_as_aws_spells_it(cloud, drops):
    put = cloud.client("s3").put_object(Bucket="parity-drop", Key="iris/a b.csv", Body=b"1,2\n")
    (event,) = drops()
    assert event["detail-type"] == "Object Created"
    assert event["source"] == "aws.s3"
    assert event["resources"] == ["arn:aws:s3:::parity-drop"]
    item = event["detail"]["object"]
    assert item["key"] == "iris/a b.csv"
    assert item["size"] == 4
    assert item["etag"] == put["ETag"].strip('"')
    assert item["version-id"] == put["VersionId"]
    assert event["detail"]["reason"] == "PutObject"


def test_the_sequencer_rises(cloud, drops):
    for _ in range(3):
        cloud.client("s3").put_object(Bucket="parity-drop", Key="iris/same.csv", Body=b"1")
    found = [e["detail"]["object"]["sequencer"] for e in drops()]
    assert len(set(found)) == 3
    assert found == sorted(found)


def test_a_multipart_upload_is_announced_once(cloud, drops):
    body = io.BytesIO(b"x" * (9 << 20))
    cloud.client("s3").upload_fileobj(body, "parity-drop", "iris/big.csv")
    (event,) = drops()
    assert event["detail"]["reason"] == "CompleteMultipartUpload"
    assert event["detail"]["object"]["size"] == 9 << 20
    assert event["detail"]["object"]["etag"].endswith("-2")
    assert drops(wait=0) == []


def test_a_copy_is_announced_once(cloud, drops):
    s3 = cloud.client("s3")
    s3.put_object(Bucket="parity-drop", Key="iris/one.csv", Body=b"1")
    drops()
    s3.copy_object(Bucket="parity-drop", Key="iris/two.csv", CopySource="parity-drop/iris/one.csv")
    (event,) = drops()
    assert event["detail"]["reason"] == "CopyObject"
    assert event["detail"]["object"]["key"] == "iris/two.csv"


def test_a_topic_gets_the_transformed_sentence(cloud):
    said = f'it said "no" {uuid.uuid4()}'
    cloud.client("events").put_events(
        Entries=[
            {
                "Source": "parity",
                "DetailType": "Said",
                "Detail": json.dumps({"who": "gate", "why": said}),
            }
        ]
    )
    got = cloud.client("sqs").receive_message(
        QueueUrl=cloud.queue_url("parity-told"), WaitTimeSeconds=5
    )
    assert json.loads(got["Messages"][0]["Body"]) == f"gate: {said}"


def test_a_function_target_is_invoked(cloud, eventually):
    word = f"event-{uuid.uuid4()}"
    detail = {"Records": [{"body": word, "eventSourceARN": "bus:parity", "messageId": "1"}]}
    cloud.client("events").put_events(
        Entries=[{"Source": "parity", "DetailType": "Do", "Detail": json.dumps(detail)}]
    )
    table = cloud.client("dynamodb")
    assert eventually(
        lambda: table.get_item(TableName="parity-seen", Key={"pk": {"S": word}}).get("Item")
    )


def test_a_disabled_rule_delivers_nothing_and_a_schedule_matches_no_event(cloud, drops):
    cloud.client("events").put_events(
        Entries=[{"Source": "parity", "DetailType": "Other", "Detail": "{}"}]
    )
    assert drops(wait=1) == []


def test_a_schedule_fires_on_the_scaled_clock(cloud):
    # The stack's own rule comes every hour; a rule of every minute shows it sooner.
    events, sqs = cloud.client("events"), cloud.client("sqs")
    ticks = cloud.queue_url("parity-ticks")
    arn = sqs.get_queue_attributes(QueueUrl=ticks, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="every-minute", ScheduleExpression="rate(1 minute)")
    target = {"Id": "ticks", "Arn": arn["QueueArn"], "Input": '{"tick": "minute"}'}
    events.put_targets(Rule="every-minute", Targets=[target])
    try:
        got = sqs.receive_message(QueueUrl=ticks, WaitTimeSeconds=10)
    finally:
        events.disable_rule(Name="every-minute")
    assert json.loads(got["Messages"][0]["Body"]) == {"tick": "minute"}


def test_nobody_can_forge_an_event_of_aws(cloud):
    answer = cloud.client("events").put_events(
        Entries=[
            {"Source": "aws.sagemaker", "DetailType": "x", "Detail": "{}"},
            {"Source": "parity", "DetailType": "x", "Detail": "{}"},
        ]
    )
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert "EventId" in answer["Entries"][1]

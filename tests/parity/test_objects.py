"""S3: ranges, versions, and writes that only one can win."""

import threading
import uuid

import pytest
import requests
from botocore.exceptions import ClientError


def test_a_range_is_answered_with_its_bytes(cloud):
    s3 = cloud.client("s3")
    s3.put_object(Bucket="parity-drop", Key="r", Body=bytes(range(100)), ContentType="a/b")
    wanted = {"10-19": (10, 19), "90-": (90, 99), "-5": (95, 99), "95-500": (95, 99)}
    for asked, (first, last) in wanted.items():
        got = s3.get_object(Bucket="parity-drop", Key="r", Range=f"bytes={asked}")
        assert got["Body"].read() == bytes(range(first, last + 1))
        assert got["ContentRange"] == f"bytes {first}-{last}/100"
        assert got["ContentType"] == "a/b"
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_behind_the_end_is_refused(cloud):
    s3 = cloud.client("s3")
    s3.put_object(Bucket="parity-drop", Key="short", Body=b"12345")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="parity-drop", Key="short", Range="bytes=5-9")
    assert caught.value.response["Error"]["Code"] == "InvalidRange"


def test_a_bucket_of_the_template_keeps_versions(cloud):
    s3 = cloud.client("s3")
    key = str(uuid.uuid4())
    versions = {
        s3.put_object(Bucket="parity-drop", Key=key, Body=b"1")["VersionId"] for _ in range(2)
    }
    assert len(versions) == 2
    assert s3.get_bucket_versioning(Bucket="parity-drop")["Status"] == "Enabled"
    assert "SecureTransport" in s3.get_bucket_policy(Bucket="parity-drop")["Policy"]


def test_of_many_conditional_writes_one_wins(cloud):
    won, losers = [], []
    for _ in range(10):
        key, barrier = str(uuid.uuid4()), threading.Barrier(4)
        winners = []

        def write(key=key, barrier=barrier, winners=winners):
            client = cloud.client("s3")
            barrier.wait()
            try:
                client.put_object(Bucket="parity-drop", Key=key, Body=b"1", IfNoneMatch="*")
                winners.append(key)
            except ClientError as error:
                losers.append(error.response["Error"]["Code"])

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won.append(len(winners))
    assert won == [1] * 10
    assert losers == ["PreconditionFailed"] * 30


def test_of_many_conditional_updates_of_a_row_one_wins(cloud):
    name = str(uuid.uuid4())
    won = []

    def claim(turn):
        table = cloud.client("dynamodb")
        for row in range(20):
            try:
                table.update_item(
                    TableName="parity-seen",
                    Key={"pk": {"S": f"{name}-{row}"}},
                    UpdateExpression="SET claimed = :turn",
                    ConditionExpression="attribute_not_exists(claimed)",
                    ExpressionAttributeValues={":turn": {"N": str(turn)}},
                )
                won.append(row)
            except table.exceptions.ConditionalCheckFailedException:
                continue

    threads = [threading.Thread(target=claim, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(20))


def test_every_version_of_a_key_is_kept_when_many_write(cloud):
    key = str(uuid.uuid4())

    def write():
        client = cloud.client("s3")
        for _ in range(10):
            client.put_object(Bucket="parity-drop", Key=key, Body=b"1")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = cloud.client("s3").list_object_versions(Bucket="parity-drop", Prefix=key)["Versions"]
    assert len(found) == 40


@pytest.mark.parametrize("header", [{"Origin": "https://example.com"}, {"Host": "rebound.example"}])
def test_a_web_page_is_turned_away(cloud, header):
    answer = requests.get(cloud.note["endpoint_url"], headers=header, timeout=10)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers

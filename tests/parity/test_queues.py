"""From a queue to its function: at once, again after a failure, and dead in the end."""

import threading
import time
import uuid


def _seen(cloud, body):
    item = cloud.client("dynamodb").get_item(TableName="parity-seen", Key={"pk": {"S": body}})
    return int(item["Item"]["times"]["N"]) if "Item" in item else 0


def test_a_message_reaches_its_function_once(cloud, eventually):
    word = f"once-{uuid.uuid4()}"
    cloud.client("sqs").send_message(QueueUrl=cloud.queue_url("parity-work"), MessageBody=word)
    assert eventually(lambda: _seen(cloud, word)) == 1
    counts = cloud.client("sqs").get_queue_attributes(
        QueueUrl=cloud.queue_url("parity-work"), AttributeNames=["All"]
    )["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0"


def test_only_the_failed_message_of_a_batch_returns_and_ends_in_the_dead_letter_queue(
    cloud, eventually
):
    good, bad = f"good-{uuid.uuid4()}", f"fail-{uuid.uuid4()}"
    sqs = cloud.client("sqs")
    sqs.send_message_batch(
        QueueUrl=cloud.queue_url("parity-work"),
        Entries=[{"Id": "a", "MessageBody": good}, {"Id": "b", "MessageBody": bad}],
    )
    # maxReceiveCount is 2, and the visibility timeout is 60 cloud seconds.
    assert eventually(lambda: _seen(cloud, bad) == 2)
    dead = cloud.queue_url("parity-work-dead")

    def body():
        found = sqs.receive_message(QueueUrl=dead, VisibilityTimeout=0).get("Messages", [])
        return [m["Body"] for m in found]

    assert eventually(body) == [bad]
    assert _seen(cloud, good) == 1


def test_no_message_is_lost_when_many_threads_send(cloud, eventually):
    url = cloud.queue_url("parity-work")
    words = {f"many-{uuid.uuid4()}" for _ in range(80)}

    def send(mine):
        client = cloud.client("sqs")
        for word in mine:
            client.send_message(QueueUrl=url, MessageBody=word)

    shares = [sorted(words)[n::4] for n in range(4)]
    threads = [threading.Thread(target=send, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def times():
        items = cloud.client("dynamodb").scan(TableName="parity-seen")["Items"]
        found = {i["pk"]["S"]: int(i["times"]["N"]) for i in items if "times" in i}
        return {word: found[word] for word in words if word in found}

    assert eventually(lambda: times().keys() == words)
    assert set(times().values()) == {1}


def test_receiving_waits_for_a_message(cloud):
    url = cloud.client("sqs").create_queue(QueueName=f"wait-{uuid.uuid4()}")["QueueUrl"]
    sender = threading.Timer(
        0.3, lambda: cloud.client("sqs").send_message(QueueUrl=url, MessageBody="here")
    )
    sender.start()
    began = time.monotonic()
    got = cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)
    assert [m["Body"] for m in got["Messages"]] == ["here"]
    assert time.monotonic() - began < 5
    sender.join()

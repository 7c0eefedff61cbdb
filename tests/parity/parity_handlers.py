"""The functions of the parity stack: each does one thing that a test can see."""

import json
import os
import time
from functools import cache
from pathlib import Path

import boto3

_seen = {}


@cache
def _client(service):
    return boto3.client(service)


def _count(key):
    """How often this process saw `key`."""
    _seen[key] = _seen.get(key, 0) + 1
    return _seen[key]


def take(event, context):
    """From a queue: remembers each message; fails those that say so."""
    table = _client("dynamodb")
    failures = []
    for record in event["Records"]:
        body = record["body"]
        table.update_item(
            TableName=os.environ["SEEN_TABLE"],
            Key={"pk": {"S": body}},
            UpdateExpression="ADD times :one SET queue = :queue",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":queue": {"S": record["eventSourceARN"].rpartition(":")[2]},
            },
        )
        if "fail" in body:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def answer(event, context):
    """Behind the gateway."""
    print("answering", event["path"])
    asked = json.loads(event["body"] or "{}")
    if asked.get("crash"):
        os._exit(7)
    if asked.get("raise"):
        raise RuntimeError("on purpose")
    if "sleep" in asked:
        time.sleep(asked["sleep"])
    told = {
        "resource": event["resource"],
        "parameters": event["pathParameters"],
        "query": event["queryStringParameters"],
        "arn": event["requestContext"]["identity"]["userArn"],
        "request_id": context.aws_request_id,
        "left": context.get_remaining_time_in_millis(),
        "times": _count("answer"),
        "home": os.environ.get("HOME"),
        "folder": str(Path.cwd()),
        "role": _client("sts").get_caller_identity()["Arn"],
    }
    return {"statusCode": 200, "headers": {"X-Told": "yes"}, "body": json.dumps(told)}


def invoked(event, context):
    """Invoked directly."""
    if event.get("crash"):
        os._exit(9)
    if event.get("raise"):
        raise ValueError("on purpose")
    if "sleep" in event:
        time.sleep(event["sleep"])
    return {"event": event, "pid": os.getpid(), "times": _count("invoked")}

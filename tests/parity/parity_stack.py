"""A tiny cloud assembly, written by hand: one of each thing that the offline cloud runs itself."""

import json
import shutil
from pathlib import Path
from typing import Any

ASSET = "0" * 64


def _function(name: str, *, timeout: int = 10, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": f"parity-{name}",
            "Code": {"S3Bucket": {"Fn::Sub": "assets-${AWS::AccountId}"}, "S3Key": f"{ASSET}.zip"},
            "Handler": f"parity_handlers.{name}",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Timeout": timeout,
            "MemorySize": 256,
            "Environment": {"Variables": {"SEEN_TABLE": {"Ref": "Seen"}}},
            **more,
        },
    }


def _method(resource: Any, verb: str, authorization: str = "AWS_IAM") -> dict[str, Any]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "${Answer.Arn}/invocations"
    )
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": resource,
            "HttpMethod": verb,
            "AuthorizationType": authorization,
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "TimeoutInMillis": 2000,
                "Uri": {"Fn::Sub": uri},
            },
        },
    }


def _rule(target: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Events::Rule", "Properties": {**properties, "Targets": [target]}}


def _refusal(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResponseType": kind,
            "ResponseParameters": {
                "gatewayresponse.header.Content-Type": "'application/problem+json'",
                "gatewayresponse.header.Retry-After": "'1'",
            },
            "ResponseTemplates": {
                "application/json": f'{{"title":"{kind}","detail":$context.error.messageString}}'
            },
            **more,
        },
    }


def template() -> dict[str, Any]:
    """The stack's template."""
    queue_arn = {"Fn::GetAtt": ["Events", "Arn"]}
    resources: dict[str, Any] = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                }
            },
        },
        "Seen": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "parity-seen",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            },
        },
        "Drop": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": "parity-drop",
                "VersioningConfiguration": {"Status": "Enabled"},
                "NotificationConfiguration": {
                    "EventBridgeConfiguration": {"EventBridgeEnabled": True}
                },
            },
        },
        "DropPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Drop"},
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": "*",
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ]
                },
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "parity-topic"}},
        "Told": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "parity-told"}},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Told", "Arn"]},
                "RawMessageDelivery": True,
            },
        },
        "Events": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "parity-events"}},
        "EventsPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Events"}], "PolicyDocument": {"Statement": []}},
        },
        "Ticks": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "parity-ticks"}},
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "parity-work-dead"}},
        "Work": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": "parity-work",
                "VisibilityTimeout": 60,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "maxReceiveCount": 2,
                },
            },
        },
        "Take": _function("take"),
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Work", "Arn"]},
                "FunctionName": {"Ref": "Take"},
                "BatchSize": 5,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "ScalingConfig": {"MaximumConcurrency": 2},
            },
        },
        "Invoked": _function("invoked", timeout=1),
        "Answer": _function("answer", timeout=29),
        "OnDrop": _rule(
            {"Id": "queue", "Arn": queue_arn},
            EventPattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [{"Ref": "Drop"}]}}},
        ),
        "OnOurs": _rule(
            {
                "Id": "topic",
                "Arn": {"Ref": "Topic"},
                "InputTransformer": {
                    "InputPathsMap": {"who": "$.detail.who", "why": "$.detail.why"},
                    "InputTemplate": '"<who>: <why>"',
                },
            },
            EventPattern={"source": ["parity"], "detail-type": ["Said"]},
        ),
        "OnOursToFunction": _rule(
            {"Id": "function", "Arn": {"Fn::GetAtt": ["Take", "Arn"]}, "InputPath": "$.detail"},
            EventPattern={"source": ["parity"], "detail-type": ["Do"]},
        ),
        "Off": _rule(
            {"Id": "queue", "Arn": queue_arn},
            State="DISABLED",
            EventPattern={"source": ["parity"]},
        ),
        "EveryHour": _rule(
            {"Id": "ticks", "Arn": {"Fn::GetAtt": ["Ticks", "Arn"]}, "Input": '{"tick": true}'},
            ScheduleExpression="rate(1 hour)",
        ),
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "parity"}},
        "Things": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "PathPart": "things",
            },
        },
        "Thing": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ParentId": {"Ref": "Things"},
                "PathPart": "{thing}",
            },
        },
        "PostThing": _method({"Ref": "Thing"}, "POST"),
        "GetThing": _method({"Ref": "Thing"}, "GET"),
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": ["PostThing", "GetThing"],
            "Properties": {"RestApiId": {"Ref": "Api"}},
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "DeploymentId": {"Ref": "Deployment"},
                "StageName": "live",
                "MethodSettings": [
                    {
                        "HttpMethod": "*",
                        "ResourcePath": "/*",
                        "ThrottlingRateLimit": 20,
                        "ThrottlingBurstLimit": 10,
                    }
                ],
            },
        },
        "Missing": _refusal("MISSING_AUTHENTICATION_TOKEN", StatusCode="403"),
        "TooLarge": _refusal("REQUEST_TOO_LARGE", StatusCode="413"),
        "Throttled": _refusal("THROTTLED", StatusCode="429"),
        "Default5xx": _refusal("DEFAULT_5XX"),
    }
    url = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live/"
    return {
        "Resources": resources,
        "Outputs": {
            "ApiUrl": {"Value": {"Fn::Sub": url}},
            "DropBucket": {"Value": {"Ref": "Drop"}},
            "Topic": {"Value": {"Ref": "Topic"}},
        },
    }


def write(folder: Path, changed: dict[str, Any] | None = None) -> Path:
    """Write the assembly to `folder`; `changed` replaces the template."""
    folder.mkdir(parents=True)
    asset = folder / f"asset.{ASSET}"
    asset.mkdir()
    shutil.copy(Path(__file__).with_name("parity_handlers.py"), asset)
    (folder / "parity.template.json").write_text(json.dumps(changed or template()))
    assets = {
        "files": {
            ASSET: {
                "source": {"path": asset.name, "packaging": "zip"},
                "destinations": {"here": {"bucketName": "assets", "objectKey": f"{ASSET}.zip"}},
            }
        }
    }
    (folder / "parity.assets.json").write_text(json.dumps(assets))
    artifacts = {
        "parity.assets": {
            "type": "cdk:asset-manifest",
            "properties": {"file": "parity.assets.json"},
        },
        "parity": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "parity.template.json", "stackName": "parity"},
        },
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    return folder

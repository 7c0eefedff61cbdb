"""Buckets and tables keep what they hold private, restorable and tidy."""

from __future__ import annotations

from tests.infra.template import Template, flat


def test_every_bucket_is_private_encrypted_and_versioned(dev: Template):
    buckets = dev.of("AWS::S3::Bucket").values()
    assert len(buckets) == 2
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert "BucketName" not in bucket


def test_every_bucket_takes_tls_only(dev: Template):
    for id in dev.of("AWS::S3::Bucket"):
        statements = dev.policy_of("AWS::S3::BucketPolicy", "Bucket", id)
        assert any(_refuses_plain_http(s) for s in statements)


def test_old_versions_and_broken_uploads_expire(dev: Template):
    for bucket in dev.of("AWS::S3::Bucket").values():
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert any("NoncurrentVersionExpiration" in rule for rule in rules)
        assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)


def test_captured_traffic_expires_and_no_dataset_or_model_does(dev: Template):
    expiring = [
        rule
        for bucket in dev.of("AWS::S3::Bucket").values()
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    ]
    assert [rule["Prefix"] for rule in expiring] == ["captures/"]


def test_only_the_drop_bucket_announces_objects(dev: Template):
    announcing = [
        id
        for id, bucket in dev.of("AWS::S3::Bucket").items()
        if "EventBridgeConfiguration" in bucket.get("NotificationConfiguration", {})
    ]
    assert [f"<{id}>" for id in announcing] == [flat(dev.body["Outputs"]["DropBucket"]["Value"])]


def test_tables_are_restorable_and_billed_by_request(dev: Template):
    tables = dev.of("AWS::DynamoDB::Table").values()
    assert len(tables) == 2
    for table in tables:
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert table["SSESpecification"]["SSEEnabled"]
        assert [k["AttributeName"] for k in table["KeySchema"]] == ["pk", "sk"]


def test_buckets_outlive_the_stack(dev: Template):
    for resource in dev.body["Resources"].values():
        if resource["Type"] == "AWS::S3::Bucket":
            assert resource["DeletionPolicy"] == "Retain"


def test_prod_keeps_its_tables_when_the_stack_is_destroyed(prod: Template):
    for resource in prod.body["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            assert resource["DeletionPolicy"] == "Retain"


def _refuses_plain_http(statement: dict[str, object]) -> bool:
    return statement["Effect"] == "Deny" and statement.get("Condition") == {
        "Bool": {"aws:SecureTransport": "false"}
    }

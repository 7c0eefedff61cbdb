from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.deploy.decide import (
    Bar,
    Create,
    Endpoint,
    Hold,
    Promote,
    Remove,
    Rest,
    Situation,
    Update,
    config_name,
    next_step,
)
from functions.shared.registry import Package
from sluice.contracts.release import Champion, PackageProperties

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
G1, G2 = "sluice-iris-g1", "sluice-iris-g2"


def package(number: int, approval: str = "Approved", **properties: str) -> Package:
    drop = f"{'a' * 11}{'abcdefgh'[number]}"
    return Package(
        arn=f"arn:{number}",
        approval=approval,
        properties=PackageProperties(
            run=f"sluice-iris-{drop}",
            attempt=1,
            version=f"{drop}-01",
            sequence=number,
            **properties,
        ),
        image="image",
        artifacts="s3://art/runs/",
        evaluation="s3://art/evaluation.json",
        reason="",
    )


OLD, NEW = package(1, released="2026-11-20T10:00:00+00:00"), package(2)


def champion(of: Package, *, endpoint: str = G1, minutes: int = 60) -> Champion:
    return Champion(
        model="iris",
        version=of.properties.version,
        run=of.properties.run,
        attempt=1,
        sequence=of.properties.sequence,
        endpoint=endpoint,
        generation=int(endpoint[-1]),
        endpoint_config=config_name(of),
        package=of.arn,
        instance_type="ml.m5.large",
        artifacts=of.artifacts,
        evaluation=of.evaluation,
        released_at=(NOW - timedelta(minutes=minutes)).isoformat(),
    )


def endpoint(of: Package, status: str = "InService", name: str = G1, failure: str = "") -> Endpoint:
    return Endpoint(name=name, status=status, config=config_name(of), failure=failure)


SEEN = Situation(
    slug="sluice",
    model="iris",
    packages=[NEW, OLD],
    champion=champion(OLD),
    endpoints={G1: endpoint(OLD)},
    asked={},
    same_interface=True,
    endpoints_in_stack=1,
    max_endpoints=5,
    at=NOW,
)


def test_nothing_approved_nothing_done():
    assert next_step(replace(SEEN, packages=[package(2, "PendingManualApproval")])) == Rest()


def test_the_first_release_creates_the_first_generation():
    first = replace(SEEN, packages=[NEW], champion=None, endpoints={}, endpoints_in_stack=0)
    assert next_step(first) == Create(G1, NEW)


def test_a_newer_release_updates_the_champions_endpoint():
    assert next_step(SEEN) == Update(G1, NEW)


@pytest.mark.parametrize("status", ["Creating", "Updating", "RollingBack", "SystemUpdating"])
def test_a_settling_endpoint_is_left_alone(status):
    assert next_step(replace(SEEN, endpoints={G1: endpoint(OLD, status)})) == Rest()


def test_it_is_promoted_only_in_service_on_the_wanted_config():
    assert next_step(replace(SEEN, endpoints={G1: endpoint(NEW)})) == Promote(G1, NEW)


def test_in_service_on_the_old_config_after_asking_is_a_rollback():
    step = next_step(replace(SEEN, asked={G1: config_name(NEW)}))
    assert isinstance(step, Bar)
    assert (step.package, step.why) == (NEW, "rolled back")


def test_after_a_barred_release_the_old_one_is_wanted_again_and_nothing_is_to_do():
    barred = package(2, "Rejected", barred="rolled back")
    assert next_step(replace(SEEN, packages=[barred, OLD])) == Rest()


def test_a_first_version_that_does_not_start_is_barred_then_its_endpoint_removed():
    failed = replace(
        SEEN,
        packages=[NEW],
        champion=None,
        endpoints={G1: endpoint(NEW, "Failed", failure="no ping")},
    )
    step = next_step(failed)
    assert isinstance(step, Bar)
    assert "no ping" in step.reason


def test_a_start_that_failed_for_want_of_capacity_is_tried_again():
    failed = endpoint(NEW, "Failed", failure="Unable to provision requested ML compute capacity.")
    seen = replace(SEEN, packages=[NEW], champion=None, endpoints={G1: failed})
    assert next_step(seen) == Remove(G1)


def test_an_endpoint_in_no_known_state_is_left_alone():
    lost = replace(SEEN, endpoints={G1: endpoint(OLD, "UpdateRollbackFailed")})
    assert next_step(lost) == Rest()


def test_an_endpoint_that_was_made_for_a_release_nobody_wants_any_more_is_removed():
    both = {G1: endpoint(NEW), G2: endpoint(OLD, name=G2)}
    assert next_step(replace(SEEN, champion=champion(NEW), endpoints=both)) == Remove(G2)


def test_an_overtaken_approval_that_never_served_is_superseded():
    overtaken = package(1)
    step = next_step(replace(SEEN, packages=[NEW, overtaken], champion=None, endpoints={}))
    assert isinstance(step, Bar)
    assert (step.package, step.why) == (overtaken, "superseded")


def test_a_late_approval_of_an_older_drop_never_replaces_a_newer_one():
    newest = replace(NEW, properties=NEW.properties.model_copy(update={"released": "x"}))
    late = package(1)
    seen = replace(
        SEEN, packages=[newest, late], champion=champion(newest), endpoints={G1: endpoint(newest)}
    )
    assert isinstance(next_step(seen), Bar)


def test_a_new_interface_gets_a_new_endpoint_and_the_old_one_a_farewell():
    changed = replace(SEEN, same_interface=False)
    assert next_step(changed) == Create(G2, NEW)
    both = {G1: endpoint(OLD), G2: endpoint(NEW, name=G2)}
    assert next_step(replace(changed, endpoints=both)) == Promote(G2, NEW)
    moved = replace(SEEN, champion=champion(NEW, endpoint=G2, minutes=0), endpoints=both)
    assert next_step(moved) == Rest()
    later = replace(SEEN, champion=champion(NEW, endpoint=G2, minutes=2), endpoints=both)
    assert next_step(later) == Remove(G1)


def test_a_policy_without_room_for_another_endpoint_waits_for_a_person():
    full = replace(SEEN, packages=[NEW], champion=None, endpoints={}, max_endpoints=1)
    step = next_step(full)
    assert isinstance(step, Hold)
    assert "max_endpoints" in step.reason


def test_everything_in_place_is_rest():
    settled = replace(SEEN, champion=champion(NEW), endpoints={G1: endpoint(NEW)})
    assert next_step(settled) == Rest()

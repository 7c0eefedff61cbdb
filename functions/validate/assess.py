"""Takes one drop through the engine of validate to its marker and its event.

The function and the job run this same code; they differ in their room. A drop ends once, whoever
ends it: the marker is written last, and whoever finds one only says again what it says.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.clock import Clock, utc_now
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.validate.parts import contents, fetch
from functions.validate.room import Room
from sluice.contracts.dataset import ROWS_FILE, Accepted, Rejected, Report, Schema
from sluice.contracts.drop import Arrival
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.errors import DropRefused, Refusal
from sluice.contracts.events import Kind
from sluice.contracts.names import SPEC_FILE, Run, split_salt
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec
from sluice.validation.engine import validate
from sluice.validation.findings.leaks import LEAK
from sluice.validation.purpose.target import GUESSES
from sluice.validation.refusals import refusal_report
from sluice.validation.report.page import render_html

_WARNINGS_SAID = 5
"""Warnings that the timeline repeats; the report has all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessor:
    """Where one stack's drops come from, and where datasets go."""

    slug: str
    policy: Policy
    drops: Store
    artifacts: Store
    models: Models
    say: Bus
    now: Clock = utc_now

    @classmethod
    def of_stack(cls, env: ValidateEnvironment, aws: AwsClients) -> Self:
        """As the stack's settings say."""
        s3 = aws.client("s3")
        return cls(
            slug=env.slug,
            policy=env.bounds(),
            drops=Store(s3, env.drop_bucket),
            artifacts=Store(s3, env.artifact_bucket),
            models=Models(aws.table(env.models_table)),
            say=Bus(slug=env.slug, stage="validate", events=aws.client("events")),
        )

    def finish(self, arrival: Arrival, room: Room) -> None:
        """Bring the drop to its end; raises `TooLarge` where the room does not hold it."""
        run = arrival.run(self.slug)
        if self.say_again(run, arrival):
            return
        try:
            self._accept(run, arrival, room)
        except Refusal as refusal:
            self.reject(run, arrival, refusal_report(arrival.name, refusal))

    def say_again(self, run: Run, arrival: Arrival) -> bool:
        """Repeat the event of a marker that stands already."""
        if arrival.kind == "drop":
            accepted = self.artifacts.read_json(run.dataset_prefix + "accepted.json")
            if accepted is not None:
                marker = Accepted.model_validate(accepted)
                self.models.note_accepted(run, marker.sequence)
                self._say_accepted(run, marker)
                return True
        rejected = self.artifacts.read_json(run.quarantine_prefix + "rejected.json")
        if rejected is not None:
            self._say_rejected(run, Rejected.model_validate(rejected))
            return True
        return False

    def _accept(self, run: Run, arrival: Arrival, room: Room) -> None:
        if arrival.kind == "misplaced":
            raise DropRefused(arrival.fault)
        sequence = self.models.sequence(run, self.drops.arrived(arrival.key, arrival.version))
        found = self.drops.read(f"{run.model}/{SPEC_FILE}")
        text, spec_version = found or (None, None)
        spec = parse_spec(text, self.policy)
        drop = contents(self.drops, arrival)
        room.admit(arrival.name, drop.size)
        with tempfile.TemporaryDirectory(prefix="drop-") as folder:
            work = Path(folder)
            content = fetch(self.drops, drop, work / "drop")
            out = work / "dataset"
            out.mkdir()
            last_schema, last_profile = self._last_accepted(run.model)
            report = validate(
                work / "drop" if arrival.folder else work / "drop" / arrival.name,
                name=arrival.name,
                spec=spec,
                salt=split_salt(self.slug, run.model),
                out=out,
                memory_megabytes=room.memory_megabytes,
                workers=room.workers,
                previous=last_schema,
                previous_profile=last_profile,
                not_fetched=drop.aside,
            )
            if report.verdict == "rejected":
                room.check(drop.size, report)
                self.reject(run, arrival, report)
                return
            digest = hashlib.sha256((spec.model_dump_json() + content).encode()).hexdigest()
            owner = self.models.claim_content(run, digest)
            repeats = owner if owner != str(run) else None
            _write_report(out, report)
            self._set_rows_aside(out, run)
            self.artifacts.upload_folder(out, run.dataset_prefix)
        accepted = Accepted(
            run=str(run),
            sequence=sequence,
            digest=digest,
            repeats=repeats,
            source={"key": arrival.key, "version": arrival.version},
            spec=spec.model_dump(mode="json"),
            spec_version=spec_version,
            reason=report.reason,
            warnings=tuple(
                f"{finding.message} {finding.remedy}".strip()
                for finding in report.findings
                if finding.severity == "warn"
            )[:_WARNINGS_SAID],
            suspects=tuple(f.column for f in report.findings if f.code == LEAK and f.column),
            target_guessed=any(f.code in GUESSES for f in report.findings),
            at=self.now().isoformat(timespec="milliseconds"),
        )
        self._commit(run, arrival, run.dataset_prefix + "accepted.json", accepted)

    def _set_rows_aside(self, out: Path, run: Run) -> None:
        """Rows that do not parse go to quarantine, not beside the dataset."""
        rows = out / ROWS_FILE
        if not rows.exists():
            return
        with tempfile.TemporaryDirectory(prefix="rows-") as folder:
            rows.rename(Path(folder) / ROWS_FILE)
            self.artifacts.upload_folder(Path(folder), run.quarantine_prefix)

    def _last_accepted(self, model: str) -> tuple[Schema | None, dict[str, Any] | None]:
        """Schema and profile of the last accepted drop, which a new one is held against."""
        run = self.models.last_accepted(model)
        if run is None:
            return None, None
        schema = self.artifacts.read_json(run.dataset_prefix + "schema.json")
        profile = self.artifacts.read_json(run.dataset_prefix + "profile.json")
        return Schema.model_validate(schema) if schema else None, profile

    def reject(self, run: Run, arrival: Arrival, report: Report) -> None:
        """Keep a copy aside, with the report; the marker last."""
        keys = [arrival.key]
        if arrival.folder:
            keys += [item["Key"] for item in self.drops.list(arrival.folder)]
        for key in dict.fromkeys(keys):
            version = arrival.version if key == arrival.key else ""
            if self.drops.size(key, version) is not None:
                name = key.removeprefix(arrival.folder or key.rpartition("/")[0] + "/")
                to = run.quarantine_prefix + name.lstrip("/")
                self.artifacts.copy_from(self.drops, key, version, to)
        with tempfile.TemporaryDirectory(prefix="report-") as folder:
            _write_report(Path(folder), report)
            self.artifacts.upload_folder(Path(folder), run.quarantine_prefix)
        rejected = Rejected(
            run=str(run),
            source={"key": arrival.key, "version": arrival.version},
            reason=report.reason,
            at=self.now().isoformat(timespec="milliseconds"),
        )
        self._commit(run, arrival, run.quarantine_prefix + "rejected.json", rejected)

    def _commit(self, run: Run, arrival: Arrival, key: str, marker: Accepted | Rejected) -> None:
        """Write the marker, unless another delivery of the same drop was first; say what stands."""
        if self.say_again(run, arrival):
            return
        self.artifacts.write_once(key, marker.model_dump_json(indent=2).encode())
        self.say_again(run, arrival)

    def _say_accepted(self, run: Run, accepted: Accepted) -> None:
        data = {
            **accepted.source,
            "report": run.dataset_prefix + "report.html",
            "warnings": list(accepted.warnings),
        }
        if accepted.repeats:
            self.say(
                Kind.DROP_REPEATED,
                run,
                status="repeated",
                reason=f"The same content was dropped before: this run ends as "
                f"{accepted.repeats} does.",
                data=data | {"repeats": accepted.repeats},
            )
            return
        self.say(Kind.DATASET_ACCEPTED, run, status="accepted", reason=accepted.reason, data=data)

    def _say_rejected(self, run: Run, rejected: Rejected) -> None:
        self.say(
            Kind.DROP_REJECTED,
            run,
            status="rejected",
            reason=rejected.reason,
            data={**rejected.source, "report": run.quarantine_prefix + "report.html"},
        )


def _write_report(folder: Path, report: Report) -> None:
    (folder / "report.json").write_text(json.dumps(report.model_dump(mode="json"), indent=2))
    (folder / "report.html").write_text(render_html(report), encoding="utf-8")

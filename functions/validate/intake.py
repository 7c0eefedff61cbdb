"""Takes one arrival through the engine of validate to its marker and its event."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from functions.shared.bus import Bus
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.store import Store
from sluice import validation
from sluice.contracts.dataset import Accepted, Finding, Rejected, Report, Schema
from sluice.contracts.drop import Arrival
from sluice.contracts.errors import DropRefused, Refusal
from sluice.contracts.events import Kind
from sluice.contracts.names import SPEC_FILE, SUCCESS_MARKER, Run
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.spec_file import parse_spec

_CHUNK = 1 << 20
_WARNINGS_SAID = 5
"""Warnings that the timeline repeats; the report has all."""

_ENGINE_MEGABYTES = 1024
"""Memory given to the engine; the rest of the function's is for Python and uploads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """One stack's intake: where drops come from and where datasets go."""

    slug: str
    policy: Policy
    drops: Store
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Bring one arrival to its end; parts, specs and placeholders end nothing."""
        arrival = hint.arrival
        if arrival is None or arrival.kind in ("part", "spec", "placeholder"):
            return
        run = arrival.run(self.slug)
        if self._say_again(run, arrival):
            return
        self.say(
            Kind.VALIDATION_STARTED,
            run,
            status="started",
            reason=f"{arrival.key} is being read.",
            data={"key": arrival.key, "version": arrival.version},
        )
        try:
            self._accept(run, arrival)
        except Refusal as refusal:
            report = Report(
                verdict="rejected",
                reason=str(refusal),
                source=arrival.name,
                findings=(
                    Finding(
                        severity="refuse",
                        code="refused",
                        message=refusal.reason,
                        remedy=refusal.remedy,
                    ),
                ),
            )
            self._reject(run, arrival, report)

    def _say_again(self, run: Run, arrival: Arrival) -> bool:
        """Repeat the event of a marker that stands already."""
        if arrival.kind == "drop":
            accepted = self.artifacts.read_json(run.dataset_prefix + "accepted.json")
            if accepted is not None:
                self._say_accepted(run, Accepted.model_validate(accepted))
                return True
        rejected = self.artifacts.read_json(run.quarantine_prefix + "rejected.json")
        if rejected is not None:
            self._say_rejected(run, Rejected.model_validate(rejected))
            return True
        return False

    def _accept(self, run: Run, arrival: Arrival) -> None:
        if arrival.kind == "misplaced":
            raise DropRefused(arrival.fault)
        sequence = self.models.sequence(run, self.drops.arrived(arrival.key, arrival.version))
        found = self.drops.read(f"{run.model}/{SPEC_FILE}")
        text, spec_version = found or (None, None)
        spec = parse_spec(text, self.policy)
        with tempfile.TemporaryDirectory(prefix="drop-") as folder:
            work = Path(folder)
            source, digest = self._fetch(arrival, work / "drop", spec)
            out = work / "dataset"
            out.mkdir()
            report = validation.validate(
                source,
                name=arrival.name,
                spec=spec,
                salt=f"{self.slug}/{run.model}",
                out=out,
                memory_megabytes=_ENGINE_MEGABYTES,
                previous=self._last_schema(run.model),
            )
            if report.verdict == "rejected":
                self._reject(run, arrival, report)
                return
            owner = self.models.claim_content(run, digest)
            repeats = owner if owner != str(run) else None
            _write_report(out, report)
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
            at=self.say.now().isoformat(timespec="milliseconds"),
        )
        self._commit(run, arrival, run.dataset_prefix + "accepted.json", accepted)

    def _fetch(self, arrival: Arrival, to: Path, spec: Spec) -> tuple[Path, str]:
        """The dropped file, or the folder of parts, on local disk, and its content's digest."""
        digest = hashlib.sha256(spec.model_dump_json().encode())
        limit = self.policy.drop_megabytes * 1_000_000
        if arrival.folder is None:
            size = self.drops.size(arrival.key, arrival.version)
            parts = [(arrival.key, arrival.version, size)]
        else:
            parts = [
                (item["Key"], "", int(item["Size"]))
                for item in self.drops.list(arrival.folder)
                if not item["Key"].endswith(("/", SUCCESS_MARKER))
            ]
            for key, _, _ in parts:
                if "/" in key.removeprefix(arrival.folder):
                    raise DropRefused(
                        f"{key} lies in a folder below the drop's.",
                        remedy=f"Put all parts into {arrival.folder} itself.",
                    )
            if not parts:
                raise DropRefused(
                    f"{arrival.folder} holds nothing but its {SUCCESS_MARKER}.",
                    remedy="Drop the parts first, the marker last.",
                )
        total = 0
        to.mkdir()
        for key, version, size in parts:
            if size is None:
                raise DropRefused(
                    f"{key} was deleted before it could be read.", remedy="Drop it again."
                )
            total += size
            if total > limit:
                raise DropRefused(
                    f"{arrival.key.removesuffix(SUCCESS_MARKER)} has more than "
                    f"{self.policy.drop_megabytes} MB, the most that this stack takes in.",
                    remedy="Drop a smaller file, or ask who runs the stack to raise the policy.",
                )
            path = to / key.rpartition("/")[2]
            self.drops.download(key, path, version or None)
            digest.update(path.name.encode() if arrival.folder else b"")
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        single = to / arrival.name
        return (to if arrival.folder else single), digest.hexdigest()

    def _last_schema(self, model: str) -> Schema | None:
        """Schema of the release that serves now, which a new drop is held against."""
        champion = self.models.champion(model)
        if champion is None:
            return None
        found = self.artifacts.read_json(Run.parse(champion.run).dataset_prefix + "schema.json")
        return Schema.model_validate(found) if found else None

    def _reject(self, run: Run, arrival: Arrival, report: Report) -> None:
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
            at=self.say.now().isoformat(timespec="milliseconds"),
        )
        self._commit(run, arrival, run.quarantine_prefix + "rejected.json", rejected)

    def _commit(self, run: Run, arrival: Arrival, key: str, marker: Accepted | Rejected) -> None:
        """Write the marker, unless another delivery of the same drop was first; say what stands."""
        if self._say_again(run, arrival):
            return
        self.artifacts.write_once(key, marker.model_dump_json(indent=2).encode())
        self._say_again(run, arrival)

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
    (folder / "report.html").write_text(validation.render_html(report), encoding="utf-8")

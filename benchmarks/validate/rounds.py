"""Every contestant once a round, in another order each: what drifts, drifts for all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.validate.files import Input, sample
from benchmarks.validate.measure import Failed, Measured, run_command, run_program
from benchmarks.validate.peers import Contestant
from benchmarks.validate.runs import Runs
from benchmarks.validate.venvs import NotInstalledError, python_of

_PROGRAMS: Final = Path(__file__).with_name("programs")


def interleaved(
    contestants: Sequence[Contestant], file: Input, *, rounds: int, cores: int, limit: float
) -> Runs:
    """All rounds on one file; who fails once is not asked again."""
    runs: Runs = {contestant.name: [] for contestant in contestants}
    for number in range(rounds):
        for contestant in _order(contestants, number):
            so_far = runs[contestant.name]
            if isinstance(so_far, Failed):
                continue
            found = run_once(contestant, file, cores=cores, limit=limit)
            told = found.reason if isinstance(found, Failed) else f"{found.seconds:.2f} s"
            print(f"{file.title}, {number + 1}: {contestant.name}: {told}", file=sys.stderr)
            if isinstance(found, Failed):
                runs[contestant.name] = found
            else:
                so_far.append(found)
    return runs


def _order(contestants: Sequence[Contestant], number: int) -> list[Contestant]:
    """Turned by one, and every other round backwards: nobody always follows the same one."""
    turn = number % len(contestants)
    order = [*contestants[turn:], *contestants[:turn]]
    return order[::-1] if number % 2 else order


def run_once(contestant: Contestant, file: Input, *, cores: int, limit: float) -> Measured | Failed:
    """One contestant on one file that lies in the page cache, its answer held against the truth."""
    try:
        python = python_of(contestant.venv)
    except NotInstalledError as error:
        return Failed(reason=f"does not install: {error}")
    first = sample(file.format).path
    _into_page_cache(file.path)
    if contestant.program:
        program = _PROGRAMS / f"{contestant.program}.py"
        options = contestant.options
        found = run_program(python, program, first, file.path, options, cores=cores, limit=limit)
    else:
        words = [word.format(file=file.path) for word in contestant.options]
        found = run_command([str(python), "-m", "sluice.cli", *words], cores=cores, limit=limit)
    return found if isinstance(found, Failed) else _true(found, file)


def _true(found: Measured, file: Input) -> Measured | Failed:
    """A fast answer that is wrong is no answer."""
    for what, wanted in (("rows", file.rows), ("repeats", file.repeats)):
        told = found.answer.get(what, wanted if what == "repeats" else None)
        if told != wanted:
            return Failed(reason=f"found {told} {what} of {wanted}")
    return found


def _into_page_cache(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass

"""Times one program on one file, inside the contestant's own interpreter; standard library only.

`python -P child.py PROGRAM SAMPLE FILE RESULT [OPTION...]`: PROGRAM's `run` takes SAMPLE first,
untimed, so that late imports and first-use caches count as start-up, for everybody. RESULT becomes
JSON.
"""

import json
import resource
import runpy
import sys
import time
from pathlib import Path


def main() -> None:
    """Run and write what was measured."""
    program, sample, source, result, *options = sys.argv[1:]
    began = time.perf_counter()
    run = runpy.run_path(program)["run"]
    run(Path(sample), *options)
    before, ready = cpu_seconds(), time.perf_counter()
    answer = run(Path(source), *options)
    ended, after = time.perf_counter(), cpu_seconds()
    measured = {
        "start_up": ready - began,
        "seconds": ended - ready,
        "cpu": after - before,
        "peak": peak_bytes(),
        "answer": answer,
    }
    Path(result).write_text(json.dumps(measured))


def cpu_seconds() -> float:
    """User and system time of this process and of children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_bytes() -> int:
    """VmHWM: unlike ru_maxrss it does not count the process that this one was forked from."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM.")


if __name__ == "__main__":
    main()

"""`python -m localcloud up | down`."""

from __future__ import annotations

import argparse

from localcloud.down import down
from localcloud.up import up


def _scale(text: str) -> float:
    scale = float(text)
    if not scale > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return scale


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return port


def main() -> int:
    """Parse the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m localcloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start an offline cloud in the foreground")
    source = start.add_mutually_exclusive_group()
    source.add_argument("--cdk-out", metavar="DIR", help="deploy this cloud assembly")
    source.add_argument("--app", metavar="COMMAND", help="synthesise with this CDK app")
    start.add_argument("--port", type=_port, default=0, help="of the endpoint URL; 0: any")
    start.add_argument(
        "--time-scale",
        type=_scale,
        default=1.0,
        metavar="X",
        help="speed up schedules, baking, cool-downs and metric periods, never processes",
    )
    start.add_argument("--json", action="store_true", help="say where it is as one JSON object")
    commands.add_parser("down", help="end the running offline cloud")
    options = parser.parse_args()
    return up(options) if options.command == "up" else down()


if __name__ == "__main__":
    raise SystemExit(main())

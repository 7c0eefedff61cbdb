"""The `sluice` command.

Exit codes: 0 done; 1 the run ended in refusal or failure, or a request was refused (the reason on
stderr); 2 wrong usage; 3 the run waits for a person.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from sluice import __version__
from sluice.contracts.environment import with_python_path
from sluice.contracts.errors import RequestRefused, SluiceError, UsageError
from sluice.contracts.names import SPEC_FILE, Run, is_like_spec, model_name, split_salt
from sluice.screen import Screen

DONE, REFUSED, WRONG_USAGE, WAITS = 0, 1, 2, 3
_EXIT_BY_STATE = {"released": DONE, "rejected": REFUSED, "failed": REFUSED, "waiting": WAITS}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run_command(arguments))
    except UsageError as error:
        print(f"sluice: {error}", file=sys.stderr)
        return WRONG_USAGE
    except (SluiceError, TimeoutError) as error:
        print(f"sluice: {error}", file=sys.stderr)
        return REFUSED
    except (BotoCoreError, ClientError, HTTPError) as error:
        print(f"sluice: the cloud did not answer as expected: {error}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        print(f"sluice: {error.filename or 'a file'}: {error.strerror}.", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sluice",
        description="Drop a dataset in a bucket, get a measured model behind HTTPS.",
        epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 waits for a person.",
    )
    parser.add_argument("--version", action="version", version=f"sluice {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    where = argparse.ArgumentParser(add_help=False)
    cloud = where.add_argument_group(
        "which cloud",
        "--stack or --profile mean AWS; else AWS_ENDPOINT_URL where set; else the running "
        "`sluice up`; else AWS by the ordinary credentials.",
    )
    cloud.add_argument("--stack", help="name of the stack in AWS")
    cloud.add_argument("--profile", help="AWS profile to use")

    def command(name: str, text: str, run: Any, *, remote: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text, description=text, parents=[where] if remote else []
        )
        made.set_defaults(run_command=run)
        return made

    up = command("up", "Run the whole of Sluice on this machine.", _up, remote=False)
    up.add_argument("--port", type=int, default=0, help="port of the AWS endpoint (0: any)")
    up.add_argument(
        "--time-scale",
        type=float,
        default=1.0,
        metavar="X",
        help="speed up schedules, baking, cool-downs and metric periods X times",
    )
    up.add_argument("--json", action="store_true", help="print one JSON object when ready")

    command("down", "Stop the running `sluice up`.", _down, remote=False)

    drop = command("drop", "Drop a file, or a folder of parts, for a model to be made of.", _drop)
    drop.add_argument("path", type=Path)
    drop.add_argument("--model", help="the model's name (default: the file's)")
    drop.add_argument(
        "--target", metavar="COLUMN", help="what to predict; written into the model's sluice.yaml"
    )
    drop.add_argument("--follow", action="store_true", help="watch the run until it ends")

    validate = command(
        "validate", "Check a file as a drop would be, without any cloud.", _validate, remote=False
    )
    validate.add_argument("path", type=Path)
    validate.add_argument(
        "--spec", type=Path, help="a sluice.yaml (default: the one beside the file, if any)"
    )
    validate.add_argument(
        "--model", help="the model that it would be dropped for (default: by its name)"
    )
    validate.add_argument(
        "--stack",
        default="sluice",
        help="the slug of the stack; with the model it moves the split (default: %(default)s)",
    )
    validate.add_argument("--json", action="store_true", help="print the report as JSON")
    validate.add_argument("--report", type=Path, metavar="OUT.html", help="write the report page")
    validate.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes that read a file beyond 256 MB; each takes memory (default: 1)",
    )

    runs = command("runs", "List runs, newest first.", _runs)
    runs.add_argument("--model")
    runs.add_argument("--json", action="store_true")

    show = command("show", "Show what happened to a run, and why.", _show)
    show.add_argument("run")
    show.add_argument("--json", action="store_true")

    models = command("models", "List the models that answer.", _models)
    models.add_argument("--json", action="store_true")

    approve = command("approve", "Release a run that waits for a person.", _approve)
    approve.add_argument("run")

    predict = command(
        "predict", "Ask a model: body of the request in, body of the answer out.", _predict
    )
    predict.add_argument("model")
    body = predict.add_mutually_exclusive_group(required=True)
    body.add_argument(
        "--file", type=Path, metavar="F", help="the body (.csv as CSV, else as JSON; -: stdin)"
    )
    body.add_argument("--json", metavar="TEXT", help="the body, such as '{\"instances\": [...]}'")

    logs = command("logs", "Print what a run's jobs and functions wrote.", _logs)
    logs.add_argument("run")
    return parser


def _client(arguments: argparse.Namespace) -> Any:
    from sluice.client import Client
    from sluice.clouds import choose_cloud

    cloud = choose_cloud(stack=arguments.stack, profile=arguments.profile)
    print(f"Using {cloud.description}.", file=sys.stderr)
    return Client(cloud)


def _local_program(*words: str) -> int:
    """Become the offline cloud's own program: signals reach it, and its exit code is ours."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "localcloud").is_dir():
        raise UsageError(
            "The offline cloud runs from a checkout of Sluice; this is an installed copy."
        )
    sys.stdout.flush()
    program = [sys.executable, "-m", "localcloud", *words]
    os.execve(sys.executable, program, with_python_path(root))  # noqa: S606 - own program


def _up(arguments: argparse.Namespace) -> int:
    if arguments.time_scale <= 0:
        raise UsageError("--time-scale must be above 0.")
    if not 0 <= arguments.port <= 65535:
        raise UsageError(f"--port {arguments.port}: ports go from 0 (any) to 65535.")
    if not arguments.json:
        print("Starting the offline cloud ...", file=sys.stderr)
    words = ["up", "--port", str(arguments.port), "--time-scale", str(arguments.time_scale)]
    return _local_program(*words, *(["--json"] if arguments.json else []))


def _down(arguments: argparse.Namespace) -> int:
    return _local_program("down")


def _drop(arguments: argparse.Namespace) -> int:
    path: Path = arguments.path
    if path.name == SPEC_FILE and not arguments.model:
        raise UsageError("Say with --model for which model this sluice.yaml is.")
    client = _client(arguments)
    _say_aside(path)
    run = client.drop(path, model=arguments.model, target=arguments.target)
    if not run:
        print(f"It counts for {arguments.model} from the next drop on.")
        return DONE
    model = Run.parse(run).model
    if not arguments.model and model != path.resolve().name.partition(".")[0]:
        print(f"The model is called {model}.", file=sys.stderr)
    if (path.resolve().parent / SPEC_FILE).is_file():
        beside = shlex.quote(str(path.parent / SPEC_FILE))
        print(
            f"sluice.yaml beside it was not dropped: `sluice drop {beside} --model {model}` does.",
            file=sys.stderr,
        )
    if not arguments.follow:
        print(run)
        return DONE
    with Screen(sys.stderr) as screen:
        for entry in client.follow(run):
            screen.entry(entry)
    print(run)
    state = client.state(run)
    print(f"{state.state}: {state.reason}", file=sys.stderr)
    return _EXIT_BY_STATE[state.state]


def _say_aside(path: Path) -> None:
    """What lies with a file or in a folder and is not read, though somebody may think so."""
    from sluice.validation.formats.listing import files_below, not_read

    if not path.exists():
        return  # said by whoever opens it
    for other in path.resolve().parent.iterdir():
        if is_like_spec(other.name):
            print(f"{other.name} beside it is not read; did you mean {SPEC_FILE}?", file=sys.stderr)
    aside = not_read(files_below(path)) if path.is_dir() else []
    if aside:
        print(f"No data, and left out: {', '.join(aside[:5])}.", file=sys.stderr)


def _validate(arguments: argparse.Namespace) -> int:
    from sluice.contracts.spec import Policy
    from sluice.contracts.spec_file import parse_spec
    from sluice.validation.engine import validate
    from sluice.validation.formats.listing import check_beside
    from sluice.validation.formats.manifest import hold_folder
    from sluice.validation.refusals import Refused, refusal_report
    from sluice.validation.report.page import render_html

    path: Path = arguments.path
    if not path.is_file() and not path.is_dir():
        what = "is neither a file nor a folder" if path.exists() else "is not there"
        raise UsageError(f"{path} {what}.")
    spec_path = arguments.spec or path.resolve().parent / "sluice.yaml"
    if arguments.spec and not spec_path.is_file():
        raise UsageError(f"There is no file {spec_path}.")
    _say_aside(path)
    text = spec_path.read_bytes() if spec_path.is_file() else None
    name = path.resolve().name
    spec = parse_spec(text, Policy())
    try:
        if path.is_dir():
            hold_folder(path, name, str(path))
        else:
            check_beside(path)
        model = arguments.model or model_name(name)
        salt = split_salt(arguments.stack, model)
        report = validate(path, name=name, spec=spec, salt=salt, workers=arguments.workers)
    except Refused as refused:
        report = refusal_report(name, refused)
    if arguments.report:
        arguments.report.write_text(render_html(report), encoding="utf-8")
    if arguments.json:
        print(report.model_dump_json(indent=2))
    else:
        Screen(sys.stdout).report(report)
    if report.verdict == "accepted":
        print(
            f"Rows are parted as in a drop for model {model} in stack {arguments.stack}; another "
            "(--model, --stack) parts them otherwise.",
            file=sys.stderr,
        )
        return DONE
    print(f"sluice: {report.reason}", file=sys.stderr)
    return REFUSED


def _runs(arguments: argparse.Namespace) -> int:
    runs = _client(arguments).runs(model=arguments.model)
    if arguments.json:
        print(json.dumps([asdict(run) for run in runs], indent=2))
    else:
        Screen(sys.stdout).runs(runs)
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    client = _client(arguments)
    state = client.state(arguments.run)
    if state is None:
        raise UsageError(f"There is no run {arguments.run}; `sluice runs` lists them.")
    timeline = client.timeline(arguments.run)
    if arguments.json:
        entries = [asdict(entry) for entry in timeline]
        print(json.dumps(asdict(state) | {"timeline": entries}, indent=2, default=str))
    else:
        Screen(sys.stdout).show(state, timeline)
    return DONE


def _models(arguments: argparse.Namespace) -> int:
    models = _client(arguments).models()
    if arguments.json:
        print(json.dumps(models, indent=2))
    else:
        Screen(sys.stdout).models(models)
    return DONE


def _approve(arguments: argparse.Namespace) -> int:
    _client(arguments).approve(arguments.run)
    print(f"{arguments.run} is approved; it is being released.")
    return DONE


def _predict(arguments: argparse.Namespace) -> int:
    csv = bool(arguments.file) and arguments.file.suffix == ".csv"
    if arguments.file == Path("-"):
        body = sys.stdin.buffer.read()
    else:
        body = arguments.file.read_bytes() if arguments.file else arguments.json.encode()
    answer = _client(arguments).predict_raw(
        arguments.model, body, "text/csv" if csv else "application/json"
    )
    print(answer.body)
    if answer.status == 200:
        return DONE
    raise RequestRefused(answer.status, answer.document().get("detail", answer.body))


def _logs(arguments: argparse.Namespace) -> int:
    client = _client(arguments)
    if client.state(arguments.run) is None:
        raise UsageError(f"There is no run {arguments.run}; `sluice runs` lists them.")
    found = False
    for line in client.logs(arguments.run):
        found = True
        print(line)
    if not found:
        print(f"sluice: nothing was logged of {arguments.run}.", file=sys.stderr)
    return DONE


if __name__ == "__main__":
    sys.exit(main())

"""Write the template: `python -m infra.app`, or `npx cdk synth` through cdk.json.

Needs no credentials, no git, no Docker and no network. Context: `env` is dev (the default), staging
or prod; `slug` gives the stack another name: `npx cdk synth -c env=prod`, or as JSON in the
environment variable CDK_CONTEXT_JSON. The cloud assembly goes to the folder CDK_OUTDIR,
else to cdk.out.

The template is the same either way. What the CDK CLI synthesises, and so all that is deployed to
AWS, is first held against cdk-nag's AwsSolutions and CloudFormation's own rules (as is every
environment in tests/infra); these take twice the time of all the rest, so writing the template for
a rehearsal on one's own machine leaves them out.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly

from infra.config import configure
from infra.parts.acknowledged import acknowledge
from infra.pipeline_stack import PipelineStack
from sluice.contracts.environment import SynthesisEnvironment


def build(
    outdir: str | None = None, context: Mapping[str, str] | None = None, *, checked: bool = True
) -> App:
    """The app, not yet synthesised. `context` may hold `env` and `slug`."""
    app = App(
        outdir=outdir,
        context=context,
        # Together with cdk.json, so that the CLI adds nothing to the template: what is rehearsed
        # is what is deployed.
        analytics_reporting=False,
        stack_traces=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=checked,
    )
    config = configure(app.node.try_get_context("env"), app.node.try_get_context("slug"))
    stack = PipelineStack(app, "Sluice", config=config)
    if checked:
        acknowledge(stack, config.slug)
        # Loading it takes a quarter of a second: not where nothing is checked.
        from cdk_nag import AwsSolutionsChecks

        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def synthesise(
    outdir: str | None = None, context: Mapping[str, str] | None = None, *, checked: bool = True
) -> CloudAssembly:
    """Write the cloud assembly; `RuntimeError` where a check finds fault."""
    return build(outdir, context, checked=checked).synth()


def main() -> None:
    """Write to CDK_OUTDIR, else to cdk.out; checked where the CDK CLI asks for it."""
    try:
        env = SynthesisEnvironment.read()
        app = build(env.outdir, checked=env.is_checked)
    except ValueError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()

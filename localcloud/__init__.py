"""The offline cloud: moto as control plane and state, real processes for everything that runs.

It is started as a program (`python -m localcloud up`), deploys the very template that
`cdk deploy` ships, and is reached by everybody, handlers and containers included, through
`AWS_ENDPOINT_URL` alone. README.md has the table of what differs from AWS.
"""

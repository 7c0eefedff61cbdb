"""The CDK app: everything that `cdk deploy` puts into an account, and why it may do what it does.

Read `pipeline_stack.py` first; it is the map.
"""

import os

# jsii greets every synth on a Node release past its end of life with a banner of thirteen lines.
# It reads the majors to be silent about from these variables, before aws_cdk is first imported.
_END_OF_LIFE = "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"
os.environ[_END_OF_LIFE] = ",".join(filter(None, (os.environ.get(_END_OF_LIFE), "18", "20")))
os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "true")

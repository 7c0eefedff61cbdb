"""The nouns on the arrows between the stages; every part of Sluice may import them.

They hold no AWS client and no file access, so that functions, containers, the CDK app and the
command line agree on names, events and documents without knowing each other.

Documents build their validators when first used (`defer_build`): a function imports more of them
than it reads, and cold starts are felt.
"""

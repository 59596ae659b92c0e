"""PEP 517 and 660 hooks, run in an environment that the caller hands over."""

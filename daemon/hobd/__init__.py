"""hobd: the daemon behind hob, and the engine that it shares with one-shot runs."""

__version__ = "0.1.0"

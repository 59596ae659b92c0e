"""The `uv_build` backend, built in: the same wheels and sdists as uv 0.13.8 makes, without environment or process (BLD-4)."""

BACKEND = "uv_build"
VERSION = "0.13.8"
"""The version whose output is reproduced: a `build-system.requires` that admits it is served here."""

"""The `uv_build` backend, built in: the same wheels and sdists as uv makes, without environment or process (BLD-4).

Its version is that of uv: a `build-system.requires` that admits it is served here.
"""

BACKEND = "uv_build"

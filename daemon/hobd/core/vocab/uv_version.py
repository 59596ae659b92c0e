"""The uv that hob stands in for."""

UV_VERSION = "0.13.8"
"""What `required-version` is held against, environments and wheels name, and the built-in backend is."""

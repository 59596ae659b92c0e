"""Completion scripts: one module a shell, all drawn from the declared commands."""

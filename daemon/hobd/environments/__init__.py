"""Interpreters and environments: probe, create, inspect, apply a plan. Touches the disk and starts processes."""

"""Bringing environments in line with locks."""

"""Headings that options are listed under in help."""

from typing import Final

INDEX_OPTIONS: Final = "Index options"
RESOLVER_OPTIONS: Final = "Resolver options"
INSTALLER_OPTIONS: Final = "Installer options"
BUILD_OPTIONS: Final = "Build options"
CACHE_OPTIONS: Final = "Cache options"
PYTHON_OPTIONS: Final = "Python options"
GLOBAL_OPTIONS: Final = "Global options"

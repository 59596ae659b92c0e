"""The preview features that have a name (features.md, CFG-7)."""

from collections.abc import Iterable

_TEXT = """
    python-install-default json-output pylock add-bounds package-conflicts extra-build-dependencies detect-module-conflicts
    format-command native-auth s3-endpoint cache-size cache-physical-space init-project-flag workspace-metadata workspace-dir
    workspace-list sbom-export auth-helper target-workspace-discovery metadata-json gcs-endpoint adjust-ulimit
    special-conda-env-names relocatable-envs-default publish-require-normalized audit-command project-directory-must-exist
    index-exclude-newer azure-endpoint toml-backwards-compatibility malware-check venv-safe-clear check-command packaged-init
    centralized-project-envs tool-install-locks workspace-list-scripts index-hash-algorithm lockfile-format-check
    lockfile-normalization lock-without-metadata index-by-name artifact-hash-filtering content-addressed-cache
    missing-exclude-newer-package-lock resolution-inputs batch-export frozen-lockfile minimum-libc-version
    build-dependency-check build-lazy-imports build-dependency-hashes wheel-variants
"""

PREVIEW_FEATURES = frozenset(_TEXT.split())


def unknown_features(names: Iterable[str]) -> tuple[str, ...]:
    """The names that mean nothing: they are warned of and ignored."""
    return tuple(name for name in names if name not in PREVIEW_FEATURES)

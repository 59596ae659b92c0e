"""The values that options accept: in the order of help, hidden aliases after a bar."""

from hobd.cli.grammar.model import Choices

PYTHON_PREFERENCE = Choices(
    name="python-preference",
    words=(
        "only-managed",
        "managed",
        "system",
        "only-system",
    ),
)
PYTHON_DOWNLOADS = Choices(
    name="python-downloads",
    words=(
        "automatic",
        "manual",
        "never",
    ),
)
COLOR_CHOICE = Choices(
    name="color-choice",
    words=(
        "auto",
        "always",
        "never",
    ),
)
KEYRING_PROVIDER_TYPE = Choices(
    name="keyring-provider-type",
    words=(
        "disabled",
        "subprocess",
    ),
)
AUTH_HELPER_PROTOCOL = Choices(name="auth-helper-protocol", words=("bazel",))
INDEX_STRATEGY = Choices(
    name="index-strategy",
    words=(
        "first-index|first-match",
        "unsafe-first-match|unsafe-any-match",
        "unsafe-best-match",
    ),
)
RESOLUTION_MODE = Choices(
    name="resolution-mode",
    words=(
        "highest",
        "lowest",
        "lowest-direct",
    ),
)
PRERELEASE_MODE = Choices(
    name="prerelease-mode",
    words=(
        "disallow",
        "allow",
        "if-necessary",
        "explicit",
        "if-necessary-or-explicit",
    ),
)
FORK_STRATEGY = Choices(
    name="fork-strategy",
    words=(
        "fewest",
        "requires-python",
    ),
)
LINK_MODE = Choices(
    name="link-mode",
    words=(
        "clone|reflink",
        "copy",
        "hardlink",
        "symlink",
    ),
)
TARGET_TRIPLE = Choices(
    name="target-triple",
    words=(
        "windows",
        "linux",
        "macos",
        "x86_64-pc-windows-msvc",
        "aarch64-pc-windows-msvc",
        "i686-pc-windows-msvc",
        "x86_64-unknown-linux-gnu",
        "aarch64-apple-darwin",
        "x86_64-apple-darwin",
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-musl",
        "x86_64-unknown-linux-musl",
        "riscv64-unknown-linux",
        "x86_64-manylinux2014|manylinux2014_x86_64",
        "x86_64-manylinux_2_17|manylinux_2_17_x86_64",
        "x86_64-manylinux_2_28|manylinux_2_28_x86_64",
        "x86_64-manylinux_2_31|manylinux_2_31_x86_64",
        "x86_64-manylinux_2_32|manylinux_2_32_x86_64",
        "x86_64-manylinux_2_33|manylinux_2_33_x86_64",
        "x86_64-manylinux_2_34|manylinux_2_34_x86_64",
        "x86_64-manylinux_2_35|manylinux_2_35_x86_64",
        "x86_64-manylinux_2_36|manylinux_2_36_x86_64",
        "x86_64-manylinux_2_37|manylinux_2_37_x86_64",
        "x86_64-manylinux_2_38|manylinux_2_38_x86_64",
        "x86_64-manylinux_2_39|manylinux_2_39_x86_64",
        "x86_64-manylinux_2_40|manylinux_2_40_x86_64",
        "aarch64-manylinux2014|manylinux2014_aarch64",
        "aarch64-manylinux_2_17|manylinux_2_17_aarch64",
        "aarch64-manylinux_2_28|manylinux_2_28_aarch64",
        "aarch64-manylinux_2_31|manylinux_2_31_aarch64",
        "aarch64-manylinux_2_32|manylinux_2_32_aarch64",
        "aarch64-manylinux_2_33|manylinux_2_33_aarch64",
        "aarch64-manylinux_2_34|manylinux_2_34_aarch64",
        "aarch64-manylinux_2_35|manylinux_2_35_aarch64",
        "aarch64-manylinux_2_36|manylinux_2_36_aarch64",
        "aarch64-manylinux_2_37|manylinux_2_37_aarch64",
        "aarch64-manylinux_2_38|manylinux_2_38_aarch64",
        "aarch64-manylinux_2_39|manylinux_2_39_aarch64",
        "aarch64-manylinux_2_40|manylinux_2_40_aarch64",
        "aarch64-linux-android",
        "x86_64-linux-android",
        "wasm32-pyodide2024",
        "wasm32-pyodide2025",
        "arm64-apple-ios",
        "arm64-apple-ios-simulator",
        "x86_64-apple-ios-simulator",
    ),
)
VERSION_CONTROL_SYSTEM = Choices(
    name="version-control-system",
    words=(
        "git",
        "none",
    ),
)
PROJECT_BUILD_BACKEND = Choices(
    name="project-build-backend",
    words=(
        "uv|uv-build|uv_build",
        "hatch|hatchling",
        "flit|flit-core",
        "pdm|pdm-backend",
        "poetry|poetry-core|poetry_core",
        "setuptools",
        "maturin",
        "scikit|scikit-build-core",
    ),
)
AUTHOR_FROM = Choices(
    name="author-from",
    words=(
        "auto",
        "git",
        "none",
    ),
)
ADD_BOUNDS_KIND = Choices(
    name="add-bounds-kind",
    words=(
        "lower",
        "major",
        "minor",
        "exact",
    ),
)
VERSION_FORMAT = Choices(
    name="version-format",
    words=(
        "text",
        "json",
    ),
)
SYNC_FORMAT = Choices(
    name="sync-format",
    words=(
        "text",
        "json",
    ),
)
EXPORT_FORMAT = Choices(
    name="export-format",
    words=(
        "requirements.txt|requirements-txt",
        "pylock.toml|pylock-toml",
        "cyclonedx1.5|cyclonedx1.5+json",
    ),
)
TREE_FORMAT = Choices(
    name="tree-format",
    words=(
        "text",
        "json",
    ),
)
AUDIT_OUTPUT_FORMAT = Choices(
    name="audit-output-format",
    words=(
        "text",
        "json",
        "sarif",
    ),
)
VULNERABILITY_SERVICE_FORMAT = Choices(name="vulnerability-service-format", words=("osv",))
TORCH_MODE = Choices(
    name="torch-mode",
    words=(
        "auto",
        "cpu",
        "cu132",
        "cu130",
        "cu129",
        "cu128",
        "cu126",
        "cu125",
        "cu124",
        "cu123",
        "cu122",
        "cu121",
        "cu120",
        "cu118",
        "cu117",
        "cu116",
        "cu115",
        "cu114",
        "cu113",
        "cu112",
        "cu111",
        "cu110",
        "cu102",
        "cu101",
        "cu100",
        "cu92",
        "cu91",
        "cu90",
        "cu80",
        "rocm7.2",
        "rocm7.1",
        "rocm7.0",
        "rocm6.4",
        "rocm6.3",
        "rocm6.2.4",
        "rocm6.2",
        "rocm6.1",
        "rocm6.0",
        "rocm5.7",
        "rocm5.6",
        "rocm5.5",
        "rocm5.4.2",
        "rocm5.4",
        "rocm5.3",
        "rocm5.2",
        "rocm5.1.1",
        "rocm4.2",
        "rocm4.1",
        "rocm4.0.1",
        "xpu",
    ),
)
PYTHON_LIST_FORMAT = Choices(
    name="python-list-format",
    words=(
        "text",
        "json",
    ),
)
PIP_COMPILE_FORMAT = Choices(
    name="pip-compile-format",
    words=(
        "requirements.txt|requirements-txt",
        "pylock.toml|pylock-toml",
    ),
)
ANNOTATION_STYLE = Choices(
    name="annotation-style",
    words=(
        "line",
        "split",
    ),
)
PIP_TOOLS_RESOLVER = Choices(
    name="resolver",
    words=(
        "backtracking",
        "legacy",
    ),
)
LIST_FORMAT = Choices(
    name="list-format",
    words=(
        "columns",
        "freeze",
        "json",
    ),
)
TRUSTED_PUBLISHING = Choices(
    name="trusted-publishing",
    words=(
        "automatic",
        "always",
        "never",
    ),
)
CACHE_LIST_OUTPUT_FORMAT = Choices(
    name="cache-list-output-format",
    words=(
        "text",
        "json",
    ),
)
CACHE_SORT = Choices(
    name="cache-sort",
    words=(
        "size",
        "age",
        "use",
    ),
)
CACHE_SIZE_OUTPUT_FORMAT = Choices(
    name="cache-size-output-format",
    words=(
        "auto",
        "human",
        "machine",
    ),
)
SHELLS = Choices(name="shells", words=("bash", "elvish", "fish", "nushell", "powershell", "zsh"))

VERSION_BUMPS = Choices(name="version-bumps", words=("major", "minor", "patch", "stable", "alpha", "beta", "rc", "post", "dev"))
BARE_BOOLEANS = Choices(name="bare-booleans", words=("true", "false"))

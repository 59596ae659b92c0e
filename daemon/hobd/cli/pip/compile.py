"""`hob pip compile`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_name, a_number, a_path, a_pip_group, a_python_version, an_extra
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.build import PIP_BUILD, PIP_BUILD_HASHES, BuildOptions, read_build
from hobd.cli.options.choices import ANNOTATION_STYLE, PIP_COMPILE_FORMAT, PIP_TOOLS_RESOLVER, TARGET_TRIPLE, TORCH_MODE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.pip import refuse_upgraded_groups
from hobd.cli.options.python import SYSTEM
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver
from hobd.errors import RequestError


class PipCompile(Struct, frozen=True, kw_only=True):
    """`hob pip compile`: compile a `requirements.in` file to a `requirements.txt` or `pylock.toml` file."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    src_file: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    all_extras: Given | None = None
    group: tuple[str, ...] = ()
    deps: Given | None = None
    output_file: str | None = None
    format: str | None = None
    strip_extras: Given | None = None
    strip_markers: Given | None = None
    annotate: Given | None = None
    header: Given | None = None
    annotation_style: str | None = None
    custom_compile_command: str | None = None
    python: str | None = None
    system: Given | None = None
    generate_hashes: Given | None = None
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    python_version: str | None = None
    python_platform: str | None = None
    universal: Given | None = None
    no_emit_package: tuple[str, ...] = ()
    emit_index_url: Given | None = None
    emit_find_links: Given | None = None
    emit_build_options: Given | None = None
    emit_marker_expression: Given | None = None
    emit_index_annotation: Given | None = None
    torch_backend: str | None = None


def _heed_resolver(found: Found) -> None:
    """pip-compile's `--resolver`: one of its choices is what hob does anyway, the other is not to be had.

    Raises:
        RequestError: it is the other.
    """
    resolver = found.text("resolver")
    if resolver == "backtracking":
        found.warn("pip-compile's `--resolver=backtracking` has no effect (hob always backtracks)")
    elif resolver is not None:
        raise RequestError("pip-compile's `--resolver=legacy` is unsupported (hob always backtracks)")


def _read_pip_compile(found: Found) -> PipCompile:
    _heed_resolver(found)
    refuse_upgraded_groups(found)
    return PipCompile(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        src_file=found.texts("src-file"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        overrides=found.texts_or("overrides", "UV_OVERRIDE"),
        excludes=found.texts_or("excludes", "UV_EXCLUDE"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        extra=found.texts("extra"),
        all_extras=found.switch("all-extras"),
        group=found.texts("group"),
        deps=found.switch("deps"),
        output_file=found.text("output-file"),
        format=found.text("format"),
        strip_extras=found.switch("strip-extras"),
        strip_markers=found.switch("strip-markers"),
        annotate=found.switch("annotate"),
        header=found.switch("header"),
        annotation_style=found.text("annotation-style"),
        custom_compile_command=found.text("custom-compile-command"),
        python=found.text("python"),
        system=found.switch("system"),
        generate_hashes=found.switch("generate-hashes"),
        no_binary=found.texts("no-binary"),
        only_binary=found.texts("only-binary"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
        universal=found.switch("universal"),
        no_emit_package=found.texts("no-emit-package"),
        emit_index_url=found.switch("emit-index-url"),
        emit_find_links=found.switch("emit-find-links"),
        emit_build_options=found.switch("emit-build-options"),
        emit_marker_expression=found.switch("emit-marker-expression"),
        emit_index_annotation=found.switch("emit-index-annotation"),
        torch_backend=found.text("torch-backend"),
    )


PIP_COMPILE = Command(
    name="compile",
    arguments=(
        positionals("src-file", check=a_file_path, group="sources"),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        options("overrides", aliases=("override",), separator=" ", check=a_file_path),
        options("excludes", aliases=("exclude",), separator=" ", check=a_file_path),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        *PIP_BUILD_HASHES,
        options("extra", separator=",", check=an_extra, conflicts=("all-extras",)),
        flag("all-extras", conflicts=("extra",)),
        flag("no-all-extras", is_hidden=True, overrides=("all-extras",)),
        options("group", check=a_pip_group, group="sources"),
        *RESOLVER,
        *REFRESH,
        flag("no-deps"),
        flag("deps", is_hidden=True, overrides=("no-deps",)),
        option("output-file", "o", check=a_path),
        option("format", choices=PIP_COMPILE_FORMAT),
        flag("no-strip-extras", overrides=("strip-extras",)),
        flag("strip-extras", is_hidden=True, overrides=("no-strip-extras",)),
        flag("no-strip-markers", overrides=("strip-markers",)),
        flag("strip-markers", is_hidden=True, overrides=("no-strip-markers",)),
        flag("no-annotate", overrides=("annotate",)),
        flag("annotate", is_hidden=True, overrides=("no-annotate",)),
        flag("no-header", overrides=("header",)),
        flag("header", is_hidden=True, overrides=("no-header",)),
        option("annotation-style", choices=ANNOTATION_STYLE),
        option("custom-compile-command", variable="UV_CUSTOM_COMPILE_COMMAND"),
        option("python", "p", heading=PYTHON_OPTIONS),
        *SYSTEM,
        flag("generate-hashes", overrides=("no-generate-hashes",)),
        flag("no-generate-hashes", is_hidden=True, overrides=("generate-hashes",)),
        *PIP_BUILD,
        option("python-version", check=a_python_version, heading=PYTHON_OPTIONS),
        option("python-platform", choices=TARGET_TRIPLE),
        flag("universal", conflicts=("python-platform", "strip-markers"), overrides=("no-universal",)),
        flag("no-universal", is_hidden=True, overrides=("universal",)),
        options("no-emit-package", aliases=("unsafe-package",), separator=",", check=a_name),
        flag("emit-index-url", overrides=("no-emit-index-url",)),
        flag("no-emit-index-url", is_hidden=True, overrides=("emit-index-url",)),
        flag("emit-find-links", overrides=("no-emit-find-links",)),
        flag("no-emit-find-links", is_hidden=True, overrides=("emit-find-links",)),
        flag("emit-build-options", overrides=("no-emit-build-options",)),
        flag("no-emit-build-options", is_hidden=True, overrides=("emit-build-options",)),
        flag("emit-marker-expression", is_hidden=True, overrides=("no-emit-marker-expression",)),
        flag("no-emit-marker-expression", is_hidden=True, overrides=("emit-marker-expression",)),
        flag("emit-index-annotation", overrides=("no-emit-index-annotation",)),
        flag("no-emit-index-annotation", is_hidden=True, overrides=("emit-index-annotation",)),
        option("torch-backend", variable="UV_TORCH_BACKEND", choices=TORCH_MODE),
        flag(
            "allow-unsafe",
            is_hidden=True,
            idle="pip-compile's `--allow-unsafe` has no effect (hob can safely pin `pip` and other packages)",
        ),
        flag(
            "no-allow-unsafe",
            is_hidden=True,
            idle="pip-compile's `--no-allow-unsafe` has no effect (hob can safely pin `pip` and other packages)",
        ),
        flag("reuse-hashes", is_hidden=True, refused="pip-compile's `--reuse-hashes` is unsupported (hob doesn't reuse hashes)"),
        flag("no-reuse-hashes", is_hidden=True, idle="pip-compile's `--no-reuse-hashes` has no effect (hob doesn't reuse hashes)"),
        option("resolver", choices=PIP_TOOLS_RESOLVER, is_hidden=True),
        option(
            "max-rounds",
            check=a_number(),
            is_hidden=True,
            refused="pip-compile's `--max-rounds` is unsupported (hob always resolves until convergence)",
        ),
        option(
            "client-cert",
            is_hidden=True,
            refused="pip-compile's `--client-cert` is unsupported (hob doesn't support dedicated client certificates)",
        ),
        flag("emit-trusted-host", is_hidden=True, refused="pip-compile's `--emit-trusted-host` is unsupported"),
        flag(
            "no-emit-trusted-host",
            is_hidden=True,
            idle="pip-compile's `--no-emit-trusted-host` has no effect (hob never emits trusted hosts)",
        ),
        option("config", is_hidden=True, refused="pip-compile's `--config` is unsupported (hob does not use a configuration file)"),
        flag("no-config", is_hidden=True),
        flag("emit-options", is_hidden=True, refused="pip-compile's `--emit-options` is unsupported (try `--emit-build-options` instead)"),
        flag("no-emit-options", is_hidden=True, idle="pip-compile's `--no-emit-options` has no effect (hob never emits options)"),
        option("pip-args", is_hidden=True, refused="pip-compile's `--pip-args` is unsupported (try passing arguments to hob directly)"),
    ),
    groups=(Group(id="sources", is_required=True, is_multiple=True),),
    hint="hob help pip compile",
    texts="pip-compile",
    read=_read_pip_compile,
)

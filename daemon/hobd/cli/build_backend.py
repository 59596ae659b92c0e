"""`hob build-backend`."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found
from hobd.cli.grammar.declare import option, positional
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.globals import GlobalOptions, read_globals


class BuildBackendBuildSdist(Struct, frozen=True, kw_only=True):
    """`hob build-backend build-sdist`: pEP 517 hook `build_sdist`."""

    general: GlobalOptions
    sdist_directory: str


def _read_build_backend_build_sdist(found: Found) -> BuildBackendBuildSdist:
    return BuildBackendBuildSdist(
        general=read_globals(found),
        sdist_directory=found.word("sdist-directory"),
    )


BUILD_BACKEND_BUILD_SDIST = Command(
    name="build-sdist",
    arguments=(positional("sdist-directory", check=a_path, is_required=True),),
    read=_read_build_backend_build_sdist,
)


class BuildBackendBuildWheel(Struct, frozen=True, kw_only=True):
    """`hob build-backend build-wheel`: pEP 517 hook `build_wheel`."""

    general: GlobalOptions
    wheel_directory: str
    metadata_directory: str | None = None


def _read_build_backend_build_wheel(found: Found) -> BuildBackendBuildWheel:
    return BuildBackendBuildWheel(
        general=read_globals(found),
        wheel_directory=found.word("wheel-directory"),
        metadata_directory=found.text("metadata-directory"),
    )


BUILD_BACKEND_BUILD_WHEEL = Command(
    name="build-wheel",
    arguments=(
        positional("wheel-directory", check=a_path, is_required=True),
        option("metadata-directory", check=a_path),
    ),
    read=_read_build_backend_build_wheel,
)


class BuildBackendBuildEditable(Struct, frozen=True, kw_only=True):
    """`hob build-backend build-editable`: pEP 660 hook `build_editable`."""

    general: GlobalOptions
    wheel_directory: str
    metadata_directory: str | None = None


def _read_build_backend_build_editable(found: Found) -> BuildBackendBuildEditable:
    return BuildBackendBuildEditable(
        general=read_globals(found),
        wheel_directory=found.word("wheel-directory"),
        metadata_directory=found.text("metadata-directory"),
    )


BUILD_BACKEND_BUILD_EDITABLE = Command(
    name="build-editable",
    arguments=(
        positional("wheel-directory", check=a_path, is_required=True),
        option("metadata-directory", check=a_path),
    ),
    read=_read_build_backend_build_editable,
)


class BuildBackendGetRequiresForBuildSdist(Struct, frozen=True, kw_only=True):
    """`hob build-backend get-requires-for-build-sdist`: pEP 517 hook `get_requires_for_build_sdist`."""

    general: GlobalOptions


def _read_build_backend_get_requires_for_build_sdist(found: Found) -> BuildBackendGetRequiresForBuildSdist:
    return BuildBackendGetRequiresForBuildSdist(
        general=read_globals(found),
    )


BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_SDIST = Command(
    name="get-requires-for-build-sdist",
    arguments=(),
    read=_read_build_backend_get_requires_for_build_sdist,
)


class BuildBackendGetRequiresForBuildWheel(Struct, frozen=True, kw_only=True):
    """`hob build-backend get-requires-for-build-wheel`: pEP 517 hook `get_requires_for_build_wheel`."""

    general: GlobalOptions


def _read_build_backend_get_requires_for_build_wheel(found: Found) -> BuildBackendGetRequiresForBuildWheel:
    return BuildBackendGetRequiresForBuildWheel(
        general=read_globals(found),
    )


BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_WHEEL = Command(
    name="get-requires-for-build-wheel",
    arguments=(),
    read=_read_build_backend_get_requires_for_build_wheel,
)


class BuildBackendPrepareMetadataForBuildWheel(Struct, frozen=True, kw_only=True):
    """`hob build-backend prepare-metadata-for-build-wheel`: pEP 517 hook `prepare_metadata_for_build_wheel`."""

    general: GlobalOptions
    wheel_directory: str


def _read_build_backend_prepare_metadata_for_build_wheel(found: Found) -> BuildBackendPrepareMetadataForBuildWheel:
    return BuildBackendPrepareMetadataForBuildWheel(
        general=read_globals(found),
        wheel_directory=found.word("wheel-directory"),
    )


BUILD_BACKEND_PREPARE_METADATA_FOR_BUILD_WHEEL = Command(
    name="prepare-metadata-for-build-wheel",
    arguments=(positional("wheel-directory", check=a_path, is_required=True),),
    read=_read_build_backend_prepare_metadata_for_build_wheel,
)


class BuildBackendGetRequiresForBuildEditable(Struct, frozen=True, kw_only=True):
    """`hob build-backend get-requires-for-build-editable`: pEP 660 hook `get_requires_for_build_editable`."""

    general: GlobalOptions


def _read_build_backend_get_requires_for_build_editable(found: Found) -> BuildBackendGetRequiresForBuildEditable:
    return BuildBackendGetRequiresForBuildEditable(
        general=read_globals(found),
    )


BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_EDITABLE = Command(
    name="get-requires-for-build-editable",
    arguments=(),
    read=_read_build_backend_get_requires_for_build_editable,
)


class BuildBackendPrepareMetadataForBuildEditable(Struct, frozen=True, kw_only=True):
    """`hob build-backend prepare-metadata-for-build-editable`: pEP 660 hook `prepare_metadata_for_build_editable`."""

    general: GlobalOptions
    wheel_directory: str


def _read_build_backend_prepare_metadata_for_build_editable(found: Found) -> BuildBackendPrepareMetadataForBuildEditable:
    return BuildBackendPrepareMetadataForBuildEditable(
        general=read_globals(found),
        wheel_directory=found.word("wheel-directory"),
    )


BUILD_BACKEND_PREPARE_METADATA_FOR_BUILD_EDITABLE = Command(
    name="prepare-metadata-for-build-editable",
    arguments=(positional("wheel-directory", check=a_path, is_required=True),),
    read=_read_build_backend_prepare_metadata_for_build_editable,
)


BUILD_BACKEND = Command(
    name="build-backend",
    arguments=(),
    children=(
        Child(name="build-sdist", load=lambda: BUILD_BACKEND_BUILD_SDIST),
        Child(name="build-wheel", load=lambda: BUILD_BACKEND_BUILD_WHEEL),
        Child(name="build-editable", load=lambda: BUILD_BACKEND_BUILD_EDITABLE),
        Child(name="get-requires-for-build-sdist", load=lambda: BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_SDIST),
        Child(name="get-requires-for-build-wheel", load=lambda: BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_WHEEL),
        Child(name="prepare-metadata-for-build-wheel", load=lambda: BUILD_BACKEND_PREPARE_METADATA_FOR_BUILD_WHEEL),
        Child(name="get-requires-for-build-editable", load=lambda: BUILD_BACKEND_GET_REQUIRES_FOR_BUILD_EDITABLE),
        Child(name="prepare-metadata-for-build-editable", load=lambda: BUILD_BACKEND_PREPARE_METADATA_FOR_BUILD_EDITABLE),
    ),
)

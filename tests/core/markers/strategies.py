"""Random markers, environments and bounds for the laws."""

from hypothesis import strategies as st

from hobd.core.markers import Marker, RequiresPython

VERSIONS = ("3", "3.0", "3.7", "3.8", "3.8.1", "3.9", "3.9.0", "3.9.4", "3.10", "3.11.*", "3.12", "4.*")
STRINGS = {
    "os_name": ("posix", "nt", "java"),
    "sys_platform": ("linux", "darwin", "win32", "cygwin", "ios"),
    "platform_system": ("Linux", "Windows", "FreeBSD", "Java", "iOS"),
    "platform_machine": ("x86_64", "aarch64", "arm64"),
    "implementation_name": ("cpython", "pypy"),
    "platform_release": ("20", "5.10.0", "generic"),
}
EXTRAS = ("a", "b", "c")

_version_comparisons = st.builds(
    "{} {} '{}'".format,
    st.sampled_from(("python_version", "python_full_version", "implementation_version")),
    st.sampled_from(("==", "!=", "<", "<=", ">", ">=")),
    st.sampled_from(VERSIONS),
)
_string_comparisons = st.sampled_from(tuple(STRINGS)).flatmap(
    lambda name: st.builds(
        f"{name} {{}} '{{}}'".format,
        st.sampled_from(("==", "!=", "in", "not in", ">=")),
        st.sampled_from(STRINGS[name]),
    )
)
_extra_comparisons = st.builds("extra {} '{}'".format, st.sampled_from(("==", "!=")), st.sampled_from(EXTRAS))
_comparisons = st.one_of(_version_comparisons, _string_comparisons, _extra_comparisons, st.just("'linux' in sys_platform"))

marker_texts = st.recursive(
    _comparisons,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(("and", "or")), inner),
    max_leaves=6,
)
markers = marker_texts.map(Marker.parse)


@st.composite
def environments(draw: st.DrawFn) -> dict[str, str]:
    """Values for every name; platform names go together as on a real machine."""
    full_version = draw(st.sampled_from(("3.0.0", "3.7.9", "3.8.0", "3.8.1", "3.9.0", "3.9.4", "3.10.2", "3.11.7", "3.12.0rc1", "4.0.1")))
    os_name, sys_platform, platform_system = draw(
        st.sampled_from(
            (
                ("posix", "linux", "Linux"),
                ("posix", "darwin", "Darwin"),
                ("nt", "win32", "Windows"),
                ("posix", "cygwin", "CYGWIN_NT-10.0"),
                ("posix", "ios", "iOS"),
                ("posix", "freebsd14", "FreeBSD"),
            )
        )
    )
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": platform_system,
        "platform_machine": draw(st.sampled_from(STRINGS["platform_machine"])),
        "platform_python_implementation": "CPython",
        "platform_release": draw(st.sampled_from(("20.0", "21.6.0", "5.10.0", "5.15.0-generic", "x"))),
        "platform_version": "#1",
        "implementation_name": draw(st.sampled_from(STRINGS["implementation_name"])),
        "implementation_version": full_version,
        "python_full_version": full_version,
        "python_version": ".".join(full_version.split(".")[:2]),
    }


extras = st.frozensets(st.sampled_from(EXTRAS))
python_requirements = st.sampled_from(
    (">=3.8", ">=3.9,<3.13", "==3.8.*", ">=3.8.1", ">3.8.1,<=3.9.4", "<3.12", ">=3.7,!=3.9.*", "==3.9.4", ">=3.9.0")
).map(RequiresPython.parse)

"""The files of a new project with a module in Rust or C++ (INI-9)."""

from hobd.core.vocab.names import Name

_MANIFEST = """\
[package]
name = "MODULE"
version = "0.1.0"
edition = "2024"

[lib]
name = "_core"
# "cdylib" is necessary to produce a shared library for Python to import from.
crate-type = ["cdylib"]

[dependencies]
# "extension-module" tells pyo3 we want to build an extension module (skips linking against libpython.so)
# "abi3-py39" tells pyo3 (and maturin) to build using the stable ABI with minimum Python version 3.9
pyo3 = { version = "0.28.2", features = ["extension-module", "abi3-py39"] }
"""

_RUST = """\
use pyo3::prelude::*;

/// A Python module implemented in Rust. The name of this module must match
/// the `lib.name` setting in the `Cargo.toml`, else Python will not be able to
/// import the module.
#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pyfunction]
    fn hello_from_bin() -> String {
        "Hello from NAME!".to_string()
    }
}
"""

_CMAKE = """\
cmake_minimum_required(VERSION 3.15...4.0)
project(${SKBUILD_PROJECT_NAME} LANGUAGES CXX)

find_package(pybind11 CONFIG REQUIRED)

pybind11_add_module(_core MODULE src/main.cpp)
install(TARGETS _core DESTINATION PACKAGE)
"""

_CPP = """\
#include <pybind11/pybind11.h>

std::string hello_from_bin() { return "Hello from NAME!"; }

namespace py = pybind11;

PYBIND11_MODULE(_core, m) {
  m.doc() = "pybind11 hello module";

  m.def("hello_from_bin", &hello_from_bin, R"pbdoc(
      A function that returns a Hello string.
  )pbdoc");
}
"""


def rust_manifest(module: str) -> str:
    """`Cargo.toml`."""
    return _MANIFEST.replace("MODULE", module)


def rust_module(name: Name) -> str:
    """`src/lib.rs`."""
    return _RUST.replace("NAME", name)


def cmake_lists(module: str, *, is_odd: bool) -> str:
    """`CMakeLists.txt`; a name that the backend would not guess is written down."""
    return _CMAKE.replace("PACKAGE", module if is_odd else "${SKBUILD_PROJECT_NAME}")


def cpp_module(name: Name) -> str:
    """`src/main.cpp`."""
    return _CPP.replace("NAME", name)

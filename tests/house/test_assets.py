"""What the build hook unpacks: pinned, complete, without a word about one machine's registry, and only once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(hatch_build.__file__).parent
VENDOR = ROOT / "guben" / "static" / "vendor"
ASSETS = ROOT / "assets"


def test_the_lock_names_versions_and_hashes_but_no_registry() -> None:
    text = (ASSETS / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert {"node_modules/@tabler/core", "node_modules/@tabler/icons"} <= set(packages)
    assert "resolved" not in text
    assert "http://" not in text
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_versions_are_pinned_exactly() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_what_is_unpacked_is_what_the_lock_asks_for() -> None:
    stamp = json.loads((VENDOR / "versions.json").read_text(encoding="utf-8"))
    assert stamp["fingerprint"] == hatch_build.fingerprint(ASSETS)
    icons = (ASSETS / "icons.txt").read_text(encoding="utf-8").split()
    assert icons == sorted(set(icons))
    assert sorted(json.loads((VENDOR / "icons.json").read_text(encoding="utf-8"))) == icons


def test_the_stylesheet_stands_in_a_layer_that_ours_wins_over_and_loads_nothing() -> None:
    css = (VENDOR / "tabler.min.css").read_text(encoding="utf-8")
    assert css.startswith('@charset "UTF-8";@layer vendor{/*!')
    assert css.count("{") == css.count("}")
    assert "Licensed under MIT" in css
    assert re.findall(r"""url\(["']?(?!data:|["']?data:)""", css) == []


def test_a_second_build_fetches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ASSETS, tmp_path / "assets")
    shutil.copytree(VENDOR, tmp_path / "guben" / "static" / "vendor")
    monkeypatch.setattr(hatch_build, "install", lambda *_: pytest.fail("fetched again"))
    assert hatch_build.unpack(tmp_path) is False


def test_another_list_of_icons_is_unpacked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ASSETS, tmp_path / "assets")
    shutil.copytree(VENDOR, tmp_path / "guben" / "static" / "vendor")
    (tmp_path / "assets" / "icons.txt").write_text("check\n", encoding="utf-8")
    modules = tmp_path / "node_modules"
    svg, css = modules / "@tabler" / "icons", modules / "@tabler" / "core" / "dist" / "css"
    (svg / "icons" / "outline").mkdir(parents=True)
    css.mkdir(parents=True)
    (svg / "LICENSE").write_text("MIT", encoding="utf-8")
    (css / "tabler.min.css").write_text('@charset "UTF-8";/*! */a{b:c}\n/*# sourceMappingURL=x */', encoding="utf-8")
    (svg / "icons" / "outline" / "check.svg").write_text(
        '<svg\n  class="x"\n>\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12" />\n</svg>\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(hatch_build, "install", lambda *_: modules)
    assert hatch_build.unpack(tmp_path) is True
    vendor = tmp_path / "guben" / "static" / "vendor"
    assert json.loads((vendor / "icons.json").read_text(encoding="utf-8")) == {"check": '<path d="M5 12" />'}
    assert "sourceMappingURL" not in (vendor / "tabler.min.css").read_text(encoding="utf-8")
    (tmp_path / "assets" / "icons.txt").write_text("check\nno-such\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no-such"):
        hatch_build.unpack(tmp_path)
    assert (vendor / "icons.json").exists()

"""Finds Chromium for the browser tests; as root on Debian it may install it. Never fails: tests then say they skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def find() -> str | None:
    """The path of a Chromium, by GUBEN_CHROMIUM or on the path."""
    if named := os.environ.get("GUBEN_CHROMIUM"):
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> bool:
    """Installs Debian's Chromium where this user may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    print("Installing Chromium and a Chinese font from Debian's packages for the browser tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-noto-cjk"]
    return all(
        subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0
        for words in (
            [apt, "-q", "update"],
            [apt, "-q", "install", "-y", "--no-install-recommends", *packages],
        )
    )


def main() -> None:
    if path := find():
        print(f"Browser tests run in {path}.")
    elif "--install" in sys.argv and install() and find():
        print(f"Browser tests run in {find()}.")
    else:
        line = "!" * 78
        print(f"{line}\nNo Chromium was found: the browser tests will be SKIPPED.\n{line}", file=sys.stderr)


if __name__ == "__main__":
    main()

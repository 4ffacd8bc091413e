"""Takes the pictures of the README from a fresh demo city into docs/images."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from demo_server import ROOT, demo_server
from demo_window import DESKTOP, PHONE, Window, chromium
from playwright.sync_api import Browser

IMAGES = ROOT / "docs" / "images"
TALLEST = 1400
SECOND_CASE = "main a.btn[href*='/cases/'] >> nth=1"


@dataclass(frozen=True)
class Picture:
    """One picture: whose eyes, which page, and which link is followed from there."""

    name: str
    who: str
    page: str
    link: str = ""
    phone: bool = False
    english: bool = False


PICTURES = (
    Picture("today-town", "town-clerk", "/"),
    Picture("today-branch", "secretary", "/"),
    Picture("today-branch-phone", "secretary", "/", phone=True),
    Picture("record-meeting-phone", "secretary", "/meetings/record/", phone=True),
    Picture("unit", "town-clerk", "/organisations/990001/"),
    Picture("diagnosis-zh", "organiser", "/diagnosis/"),
    Picture("diagnosis-en", "organiser", "/diagnosis/", english=True),
    Picture("case-zh", "secretary", "/", link=SECOND_CASE),
    Picture("case-en", "secretary", "/", link=SECOND_CASE, english=True),
    Picture("development", "town-organiser", "/development/?at=990001"),
    Picture("rule", "organiser", "/rules/branch-member-meeting/"),
)


def take(browser: Browser, address: str, picture: Picture) -> None:
    window = Window(browser, address, PHONE if picture.phone else DESKTOP, english=picture.english)
    page = window.sign_in(picture.who)
    window.open(picture.page)
    if picture.link:
        page.locator(picture.link).click()
    page.wait_for_load_state("networkidle")  # parts beside the page come after it
    viewport = PHONE if picture.phone else DESKTOP
    height = min(TALLEST, max(viewport["height"], page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": viewport["width"], "height": height})
    target = IMAGES / f"{picture.name}.png"
    page.screenshot(path=target)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} KB", flush=True)
    window.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, demo_server(Path(data)) as address, chromium() as browser:
        for picture in PICTURES:
            take(browser, address, picture)


if __name__ == "__main__":
    main()

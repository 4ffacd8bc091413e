"""Standing checks on the files: secrets, real-looking persons, links, licences, catalogues, migrations."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from stdnum.cn import ric

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".toml", ".html", ".txt", ".md", ".js", ".css", ".json", ".csv", ".po", ".svg", ".yml", ".yaml", ""}


def tracked() -> list[Path]:
    """The files of the repository; in an unpacked archive, all files outside the ignored folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    ignored = {".git", ".venv", "var", "data", "build", "node_modules", "vendor", "__pycache__"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not ignored & set(path.relative_to(ROOT).parts)]


def texts() -> list[tuple[Path, str]]:
    return [(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in tracked() if path.suffix in TEXT]


def test_no_secret_is_committed() -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[bap]-[0-9A-Za-z-]{20,}"
    )
    assert [str(path) for path, text in texts() if secret.search(text)] == []
    assert [str(path) for path in tracked() if path.suffix in {".sqlite3", ".pem", ".key", ".p12"}] == []


def test_no_identity_number_could_be_somebodys() -> None:
    """Numbers that check are allowed for the invented division 99 only; no real one begins so."""
    number = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx](?![0-9A-Za-z])")
    found = [f"{path}: {match}" for path, text in texts() for match in number.findall(text) if ric.is_valid(match)]
    assert found == []


def test_no_telephone_could_be_somebodys() -> None:
    """Invented numbers: 199 0000, 138 0000, the run 138 1234 5678, and the operators' own 138 0013 8000."""
    number = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z])")
    invented = re.compile(r"1990000\d{4}|1380000\d{4}|13800138000|13812345678")
    assert [
        f"{path}: {match}"
        for path, text in texts()
        if path.suffix not in {".svg", ".json", ".css"}
        for match in number.findall(text)
        if not invented.fullmatch(match)
    ] == []


def documents() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_hold(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            broken.append(target)
    assert broken == []


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+\s+(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_every_app_tells_in_a_readme_what_it_is() -> None:
    apps = [path.parent for path in (ROOT / "guben").glob("*/apps.py")]
    folders = [*apps, *(ROOT / "guben" / name for name in ("cli", "kit", "rulebook_engine"))]
    assert [str(path.relative_to(ROOT)) for path in folders if not (path / "README.md").exists()] == []


def test_documents_name_only_settings_that_exist_and_all_that_exist() -> None:
    in_code = {
        name
        for path in (ROOT / "guben").rglob("*.py")
        for name in re.findall(r"[\"'](GUBEN_[A-Z_]+|DATABASE_URL)[\"']", path.read_text(encoding="utf-8"))
    }
    in_docs = set(
        re.findall(r"\b(GUBEN_[A-Z_]+|DATABASE_URL)\b", (ROOT / "docs/operators.md").read_text(encoding="utf-8"))
    )
    assert in_docs == in_code


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_marked_text_is_in_english() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import check_catalogues
    finally:
        sys.path.pop(0)
    assert check_catalogues.faults() == []


def test_the_traditional_catalogue_is_written_from_the_english_one() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/traditional.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def installed_closure(names: list[str]) -> dict[str, str]:
    """The licence text of every distribution that the given requirements pull in."""
    todo, found = [Requirement(name) for name in names], {}
    while todo:
        wanted = todo.pop()
        key = wanted.name.lower()
        if key in found:
            continue
        try:
            package = distribution(wanted.name)
        except PackageNotFoundError:
            continue
        meta = package.metadata
        found[key] = " | ".join(
            [
                meta.get("License-Expression") or "",
                (meta.get("License") or "").split("\n", 1)[0][:80],
                *(line for line in meta.get_all("Classifier", []) if line.startswith("License ::")),
            ]
        )
        for line in package.requires or []:
            needed = Requirement(line)
            extras = wanted.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(needed)
    return found


def test_nothing_under_gpl_or_agpl_is_installed_with_guben() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licences = installed_closure(project["dependencies"])
    assert "django" in licences and len(licences) > 20
    strong = re.compile(r"\bA?GPL|Affero|(?<!Lesser )General Public License", re.IGNORECASE)
    assert {name: text for name, text in licences.items() if strong.search(text) and "LGPL" not in text} == {}


def test_every_dependency_is_used_and_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported = set()
    for path in (ROOT / "guben").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\s*(?:from ([a-zA-Z_]\w*)[\w.]* import|import ([a-zA-Z_]\w*))", line):
                imported.add(match.group(1) or match.group(2))
    modules = {
        "vl-convert-python": "vl_convert",
        "python-calamine": "python_calamine",
        "python-stdnum": "stdnum",
        "django-allauth": "allauth",
        "django-axes": "axes",
        "django-csp": "csp",
        "argon2-cffi": "argon2",
    }
    by_settings = {
        "django-htmx",
        "whitenoise",
        "django-axes",
        "argon2-cffi",
        "django-csp",
        "django-tasks-db",
        "granian",
    }
    declared = {Requirement(line).name for line in project["dependencies"]}
    names = {name: modules.get(name, name.lower().replace("-", "_")) for name in declared}
    assert {name for name, module in names.items() if module not in imported} <= by_settings
    extras = [
        Requirement(line).name
        for name in ("national", "postgres", "spark")
        for line in project["optional-dependencies"][name]
    ]
    assert set(extras) <= imported
    known = {*names.values(), *sys.stdlib_module_names, *extras, "guben", "django", "py4j"}  # py4j comes with pyspark
    assert imported - known == set()


def test_the_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    assert {Requirement(line).name.lower().replace("_", "-") for line in wanted} - pinned == set()


def templates() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".html" and "guben" in path.parts]


def test_no_template_has_a_script_or_a_style_inside() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|\sstyle=|\son[a-z]+=|javascript:",
        re.IGNORECASE,
    )
    assert [
        f"{path.relative_to(ROOT)}: {match.group(0).strip()}"
        for path in templates()
        for match in inline.finditer(re.sub(r"{[#%{].*?[#%}]}", "", path.read_text(encoding="utf-8")))
    ] == []


def test_buttons_say_what_they_do_and_nobody_is_begged() -> None:
    empty = re.compile(r"温馨提示|操作成功|操作失败|亲，|！|[\"'>](?:确定|提交|OK)[\"'<]")
    assert [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in [*templates(), *(path for path in tracked() if path.suffix == ".py" and "guben" in path.parts)]
        for match in empty.finditer(path.read_text(encoding="utf-8"))
    ] == []

"""Lines of a log, stories of faults and the last words of a command hold no personal value."""

from __future__ import annotations

import io
import logging
import subprocess
import sys

import pytest

from guben.kit import logs

NUMBER = "990000199003070031"


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (f"bad number {NUMBER}", "bad number ▢"),
        ("bad number 99000019900307003X.", "bad number ▢."),
        ("call 13800138000 or +86 13800138000 now", "call ▢ or ▢ now"),
        ("call 0757-83321234", "call ▢"),
        ("柏守田 is not there", "▢ is not there"),
        ("尼格买提·吐尔逊: no", "▢: no"),
        ("Not Found: /members/?q=zhang+san&at=1", "Not Found: /members/?▢"),
        ('"GET /search/%E6%9F%8F%E5%AE%88 HTTP/1.1" 404', '"GET /search/▢ HTTP/1.1" 404'),
        (r"'\u67cf\u5b88\u7530' and b'\xe6\x9f\x8f'", "'▢' and b'▢'"),
        ("𠮷田", "▢"),
        (
            "unit 99000010120101 on 2026-06-30, job 7f3a, 1,046 rows",
            "unit 99000010120101 on 2026-06-30, job 7f3a, 1,046 rows",
        ),
    ],
)
def test_what_is_personal_is_covered_and_the_rest_stays(text: str, covered: str) -> None:
    assert logs.covered(text) == covered


def test_a_line_with_its_story_is_covered() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.CoveringFormatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.kit.logs")
    logger.addHandler(handler)
    try:
        try:
            raise ValueError(f"柏守田 has {NUMBER}")
        except ValueError:
            logger.exception("look at %s", "柏守田")
    finally:
        logger.removeHandler(handler)
    text = out.getvalue()
    assert "柏守田" not in text
    assert NUMBER not in text
    assert "ValueError: ▢ has ▢" in text
    assert "test_logs.py" in text


def test_a_command_that_breaks_says_so_without_values() -> None:
    code = f"from guben.kit.logs import cover_last_words as c; c(); raise RuntimeError('柏守田 {NUMBER}')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "RuntimeError: ▢ ▢" in told.stderr
    assert "柏守田" not in told.stderr

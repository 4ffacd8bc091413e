"""`guben rules export KEY`: the rulebook file that holds a rule, as it is installed."""

from __future__ import annotations

from argparse import Namespace

from guben.cli.context import print_json
from guben.rulebook.drafts import file_of
from guben.rulebook.models import Rulebook
from guben.rulebook.queries import library, require_known


def export(options: Namespace) -> int:
    """Prints the TOML with all editions; `guben rules check` reads it again."""
    require_known(options.key, library())
    key, issuer = file_of(options.key) or ("", "")
    found = Rulebook.objects.get(key=key, issued_by=issuer)
    if options.json:
        return print_json({"key": key, "issued_by": issuer, "text": found.text, "examples": found.examples})
    print(found.text, end="")
    return 0

"""What every refusal is: a sentence with the article it stands on, and the field to mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class Refused(DomainError):
    """A step that can't be taken. `article` stands before the sentence; `field` names what to mend in the form."""

    field = ""

    def __init__(self, sentence: str, article: str = "", field: str = "") -> None:
        self.article = article
        self.field = field or self.field
        super().__init__(cited(sentence, article))


def cited(sentence: object, article: str) -> str:
    """A sentence behind the article it stands on."""
    return _("%(article)s：%(sentence)s") % {"article": article, "sentence": sentence} if article else str(sentence)


@contextmanager
def citing(article: str) -> Iterator[None]:
    """What other apps refuse in here says the article of the step, as its own refusals do."""
    try:
        yield
    except Refused:
        raise
    except DomainError as error:
        error.sentence = cited(error.sentence, article)
        raise

"""Forms of dates in pages in traditional characters, which are those of the simplified ones."""

from guben.formats.zh_Hans.formats import *  # noqa: F403

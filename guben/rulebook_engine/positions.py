"""Where each key and value of a TOML text stands. The text was accepted by tomllib before it comes here."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Offsets of a key (or a table's header, or an item of a list) and of its value."""

    key: int
    value: int


class Positions:
    """Finds line and column by path, such as ("duty", 0, "evidence", "where"). Hyphens count as underscores."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0] + [index + 1 for index, sign in enumerate(text) if sign == "\n"]
        self.spots = _Scanner(text).scan()

    def of_key(self, path: Path) -> tuple[int, int]:
        """Line and column of the key, or of the nearest thing around it that is written down."""
        return self.of_offset(self._nearest(path).key)

    def of_value(self, path: Path, offset: int = 0) -> tuple[int, int]:
        """Line and column inside a text value: `offset` characters after its opening quote."""
        if path not in self.spots:
            return self.of_key(path)
        start = self.spots[path].value
        for quote in ('"""', "'''", '"', "'"):
            if self.text.startswith(quote, start):
                inside = start + len(quote)
                inside += len(quote) == 3 and self.text.startswith("\n", inside)
                end = self.text.find(quote, inside)
                plain = "\\" not in self.text[inside:end]  # an escape would shift what comes after it
                return self.of_offset(inside + offset if plain else start)
        return self.of_offset(start)

    def of_offset(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _nearest(self, path: Path) -> Spot:
        while path and path not in self.spots:
            path = path[:-1]
        return self.spots.get(path, Spot(0, 0))


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[Path, Spot] = {}
        self.counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, Spot]:
        table: Path = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.spots

    def _skip_blank(self, also: str = "") -> bool:
        """Past blanks, line ends and comments; true while text is left."""
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif sign in " \t\r\n" or sign in also:
                self.at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        start = self.at
        many = self.text.startswith("[[", start)
        self.at += 2 if many else 1
        names = self._names("]")
        self.at += 2 if many else 1
        path: Path = ()
        for index, name in enumerate(names):
            path += (name,)
            last = index == len(names) - 1
            if last and many:
                self.counts[path] = self.counts.get(path, -1) + 1
                self.spots.setdefault(path, Spot(start, start))
            if path in self.counts and (many or not last):
                path += (self.counts[path],)
        self.spots[path] = Spot(start, start)
        return path

    def _names(self, end: str) -> list[str]:
        """A dotted key up to the sign `end`, which is left standing."""
        names: list[str] = []
        while self._skip_blank(".") and self.text[self.at] != end:
            sign = self.text[self.at]
            first = self.at
            if sign in "\"'":
                self._skip_text()
                name = self.text[first + 1 : self.at - 1]
            else:
                while self.text[self.at] not in f". \t{end}":
                    self.at += 1
                name = self.text[first : self.at]
            names.append(name.replace("-", "_"))
        return names

    def _pair(self, table: Path) -> None:
        start = self.at
        names = self._names("=")
        self.at += 1
        self._skip_blank()
        for count in range(1, len(names)):
            self.spots.setdefault((*table, *names[:count]), Spot(start, start))
        path: Path = (*table, *names)
        self.spots[path] = Spot(start, self.at)
        self._value(path)

    def _value(self, path: Path) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self._skip_text()
        elif sign == "[":
            self.at += 1
            index = 0
            while self._skip_blank(",") and self.text[self.at] != "]":
                self.spots[(*path, index)] = Spot(self.at, self.at)
                self._value((*path, index))
                index += 1
            self.at += 1
        elif sign == "{":
            self.at += 1
            while self._skip_blank(",") and self.text[self.at] != "}":
                self._pair(path)
            self.at += 1
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def _skip_text(self) -> None:
        sign = self.text[self.at]
        quote = sign * 3 if self.text.startswith(sign * 3, self.at) else sign
        self.at += len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if sign == '"' and self.text[self.at] == "\\" else 1
        self.at += len(quote)
        while len(quote) == 3 and self.text.startswith(sign, self.at):
            self.at += 1  # a text may end with one or two quotes of its own

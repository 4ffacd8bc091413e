"""Where the time of a piece of work goes: functions are wrapped, and each stage counts without what it calls."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Processor seconds by stage. Time spent in another stage below counts there alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running: list[tuple[str, float]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        now = time.process_time()
        if self._running:
            above, since = self._running[-1]
            self.seconds[above] += now - since
        self._running.append((name, now))
        try:
            yield
        finally:
            now = time.process_time()
            name, since = self._running.pop()
            self.seconds[name] += now - since
            if self._running:
                self._running[-1] = (self._running[-1][0], now)

    def wrap(self, module: Any, function: str, name: str) -> None:
        """Counts every call of a module's function to a stage."""
        inner: Callable[..., Any] = getattr(module, function)

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return inner(*arguments, **named)

        setattr(module, function, timed)

"""Progress on the console, with the time left."""

from __future__ import annotations

from tqdm import tqdm


class ProgressBars:
    """One bar after the other. Nothing is drawn into files and pipes."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._what = ""

    def __enter__(self) -> ProgressBars:
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` steps of `what` are finished; a new `what` begins a new bar."""
        if what != self._what:
            self._close()
            self._what = what
            self._bar = tqdm(total=total, desc=what, unit="", ascii=True, disable=None)
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()

"""One thing that is wrong or remarkable, and a list of them that prints well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Sweep = Literal["forward", "reverse", ""]


@dataclass(frozen=True)
class Finding:
    """Something wrong or remarkable at one of the user's lines.

    `kind` is "error", "nonfinite", "mismatch", "dead input", "exploding", "vanishing",
    "cancellation" or "kink". `message` says what and why, `remedy` what to do. `where` is the index
    of the element; `event` the index of the event that shows it, if one does.
    """

    kind: str
    message: str
    remedy: str
    sweep: Sweep = ""
    file: str = ""
    line: int = 0
    text: str = ""
    variable: str = ""
    iteration: tuple[int, ...] = ()
    where: tuple[int, ...] | None = None
    event: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "the whole function"
        passes = f", pass {', '.join(map(str, self.iteration))}" if self.iteration else ""
        sweep = f", {self.sweep} sweep" if self.sweep else ""
        text = f"    {self.text}\n" if self.text else ""
        head = f"{self.kind}, {place}{passes}{sweep}:\n{text}"
        return f"{head}  {self.message}\n  remedy: {self.remedy}"


class Findings(Sequence[Finding]):
    """Findings, the root cause first; without any, it prints "nothing found"."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._findings = tuple(findings)

    def __len__(self) -> int:
        return len(self._findings)

    def __getitem__(self, index: Any) -> Any:
        found = self._findings[index]
        return Findings(found) if isinstance(index, slice) else found

    def __repr__(self) -> str:
        return "\n\n".join(map(str, self)) or "nothing found"

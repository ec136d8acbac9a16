"""The exceptions srcgrad raises, and the one place where their messages are built.

Every message says what was found, where (file:line:column, the line, a caret), why it is
refused, and what to write in its place.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """A place in the user's source: file, 1-based line, 0-based column and the line's text."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"

    def quote(self) -> str:
        """The line of source with a caret below the column."""
        shown = self.text.rstrip()
        stripped = shown.lstrip()
        caret = max(self.column - (len(shown) - len(stripped)), 0)
        return f"    {stripped}\n    {' ' * caret}^"


class SrcgradError(Exception):
    """Base of everything srcgrad raises on purpose.

    Attributes: `what` was found, `why` it is refused, `fix` to write in its place, and the
    `location` in the user's source (None when there is none, as for a bad argument).
    """

    usual_why = "srcgrad does not handle it yet"
    usual_fix = "write it another way"

    def __init__(
        self, what: str, *, why: str = "", fix: str = "", location: Location | None = None
    ) -> None:
        self.what = what
        self.why = why or self.usual_why
        self.fix = fix or self.usual_fix
        self.location = location
        super().__init__(what, why, fix, location)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.why, self.fix, self.location)

    def __str__(self) -> str:
        head = f"{self.location}: {self.what}" if self.location else self.what
        parts = [head]
        if self.location and self.location.text:
            parts.append(self.location.quote())
        if self.why:
            parts.append(f"  why: {self.why}")
        if self.fix:
            parts.append(f"  instead: {self.fix}")
        return "\n".join(parts)

    def at(self, location: Location | None) -> SrcgradError:
        """The same error with `location` filled in where it had none."""
        if self.location is None and location is not None:
            self.location = location
        return self


def _rebuild(
    cls: type[SrcgradError], what: str, why: str, fix: str, location: Location | None
) -> SrcgradError:
    return cls(what, why=why, fix=fix, location=location)


class SourceError(SrcgradError):
    """The source of a function cannot be read."""


class UnsupportedError(SrcgradError):
    """A construct of Python that an active value goes through is not supported."""


class LostError(UnsupportedError):
    """A value was read of which it is not known what a store has left of it."""


class RecursionFoundError(UnsupportedError):
    """A function calls itself as often as only a run knows; `which` says which one it is."""

    which: object = None


class NotKnownError(UnsupportedError):
    """What has to be known when compiling is known only in a run, unless loops are written out."""


class NoRuleError(SrcgradError):
    """A function that an active value goes through has no derivative rule."""


class NotDifferentiableError(SrcgradError):
    """The result, or what it is differentiated with respect to, has no gradient."""


class ArgumentError(SrcgradError, TypeError):
    """An argument of an srcgrad function is not what it must be."""

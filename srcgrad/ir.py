"""The statements every stage speaks: a dozen dataclasses in structured single-assignment form.

Every operation has a name (A-normal form). A variable is defined once; branches and loops carry
the values that they change explicitly (`targets`, `params`), so no stage has to ask which
definition a name refers to. Names are chosen at the very end. One relaxation of dominance: the
reverse sweep of a branch may read what the same branch of the forward sweep defined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from srcgrad.errors import Location
from srcgrad.kinds import UNKNOWN, Kind
from srcgrad.operations import (
    CALL,
    ENTRIES,
    Append,
    Blanks,
    Call,
    Closure,
    Construct,
    Display,
    Enter,
    Format,
    GetAttr,
    InPlace,
    Itself,
    Leave,
    Left,
    Load,
    Poison,
    Region,
    Ruled,
    Shorten,
    Step,
    Store,
    StoreAttr,
    Unpack,
    UpdateAt,
    WriteView,
    ZerosLike,
)

__all__ = [
    "CALL",
    "ENTRIES",
    "UNDEFINED",
    "Append",
    "Atom",
    "Bind",
    "Blanks",
    "Block",
    "Call",
    "Closure",
    "Const",
    "Construct",
    "Define",
    "Display",
    "Effect",
    "Enter",
    "Format",
    "Function",
    "GetAttr",
    "If",
    "InPlace",
    "Itself",
    "Leave",
    "Left",
    "Load",
    "Loop",
    "Mark",
    "Origin",
    "Poison",
    "Pop",
    "Push",
    "Raise",
    "Region",
    "Rescue",
    "Ruled",
    "Shorten",
    "Source",
    "Step",
    "Stmt",
    "Store",
    "StoreAttr",
    "Try",
    "Undefined",
    "Unpack",
    "UpdateAt",
    "Var",
    "WriteView",
    "ZerosLike",
]


@dataclass(frozen=True, eq=False)
class Origin:
    """The user's statement that a piece of IR came from: its text on one line and its line number.

    `location` is that of the expression, for errors; a `header` is the first line of a compound
    one.
    """

    location: Location
    text: str
    line: int
    header: bool = False


@dataclass(eq=False, slots=True)
class Var:
    """A value with one definition; `hint` is the name the user gave it, if any."""

    hint: str | None = None
    kind: Kind = UNKNOWN

    def __repr__(self) -> str:
        return f"{self.hint or 't'}.{id(self) // 16 % 4096:x}"


@dataclass(frozen=True, eq=False, slots=True)
class Const:
    """A value known when compiling."""

    value: Any

    def __repr__(self) -> str:
        return repr(self.value)


Atom = Var | Const


class Undefined:
    """The value of a variable on a path that has not assigned it."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Const(Undefined())


@dataclass(eq=False)
class Block:
    """Statements, and the values they hand on.  A block that `raises` never reaches its end."""

    stmts: list[Stmt] = field(default_factory=list)
    results: tuple[Atom, ...] = ()
    raises: bool = False


@dataclass(eq=False, kw_only=True)
class Stmt:
    """Base of all statements."""

    origin: Origin | None = None


@dataclass(eq=False)
class Bind(Stmt):
    """target = op(*args): `op` is a resolved object; `keywords` name the trailing args, if any."""

    target: Var
    op: Any
    args: tuple[Atom, ...]
    keywords: tuple[str, ...] = ()


@dataclass(eq=False)
class Effect(Stmt):
    """op(*args) for what it does: print, a failing check, appending to a tape."""

    op: Any
    args: tuple[Atom, ...]
    keywords: tuple[str, ...] = ()


@dataclass(eq=False)
class Raise(Stmt):
    """raise exception (the block ends here)."""

    exception: Atom | None
    cause: Atom | None = None


@dataclass(eq=False)
class If(Stmt):
    """Either block runs, and `targets` take its results."""

    test: Atom
    then: Block
    orelse: Block
    targets: tuple[Var, ...] = ()

    def rebuilt(self, then: Block, orelse: Block, targets: tuple[Var, ...]) -> If:
        """The same choice between other blocks."""
        return replace(self, then=then, orelse=orelse, targets=targets)


@dataclass(eq=False)
class Try(If):
    """`then` runs; where it raises what it `catches`, `orelse` runs, with the exception `caught`.

    `test` is defined here: whether `then` came to its end.
    """

    catches: Atom = Const(BaseException)
    caught: Var = field(default_factory=Var)


@dataclass(eq=False)
class Rescue(Stmt):
    """The end of a stretch that an `Effect(Region("try"))` begins, with a handler that raises."""

    handler: Block
    catches: Atom
    caught: Var


@dataclass(eq=False)
class Source:
    """What a `for` runs over, as a tree; leaves bind one item each pass.

    `op` is range, iter (any iterable), zip, enumerate or reversed; `args` are atoms or sources.
    """

    op: Any
    args: tuple[Any, ...]
    item: Var | None = None

    def leaves(self) -> Iterator[Source]:
        if self.item is not None:
            yield self
        for arg in self.args:
            if isinstance(arg, Source):
                yield from arg.leaves()


@dataclass(eq=False)
class Loop(Stmt):
    """A `for` over `source`, or a `while` when it is None.

    `params` are the carried values, from `inits` at first and then from `body.results`; `targets`
    take the last ones.  `stop`, if any, is the body's own verdict: a pass that ends with it true is
    the last.  For a `while`, `test` is evaluated before each pass on `params`.
    """

    source: Source | None
    params: tuple[Var, ...]
    inits: tuple[Atom, ...]
    body: Block
    targets: tuple[Var, ...]
    test: Block | None = None
    stop: Atom | None = None


@dataclass(eq=False)
class Push(Stmt):
    """Append the values of one pass to a tape."""

    tape: Var
    values: tuple[Atom, ...]


@dataclass(eq=False)
class Pop(Stmt):
    """Take back the values of one pass, which `originals` were in the forward sweep.

    With an `index`, that of the pass, they stay on the tape.
    """

    targets: tuple[Var, ...]
    tape: Var
    originals: tuple[Var, ...]
    index: Atom | None = None


@dataclass(eq=False)
class Define(Stmt):
    """target = a nested function: a callee's reverse sweep as a pullback."""

    target: Var
    params: tuple[Var, ...]
    body: Block


@dataclass(eq=False)
class Function:
    """A whole function: its parameters, implicit ones (globals and closure data) last."""

    name: str
    params: tuple[Var, ...]
    body: Block
    origin: Origin | None = None


# operations that are syntax rather than functions ------------------------------------------------


@dataclass(eq=False)
class Mark(Stmt):
    """A heading in the generated source, such as "reverse sweep"; it does nothing."""

    title: str

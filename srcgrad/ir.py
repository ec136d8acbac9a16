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


@dataclass(frozen=True)
class Poison:
    """The value of a name where an exception may or may not have come before its assignment."""

    name: str


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


@dataclass(frozen=True)
class Load:
    """Read a name that the function does not define: from its closure, its module or builtins."""

    name: str


@dataclass(frozen=True)
class GetAttr:
    """Read an attribute."""

    name: str


@dataclass(frozen=True)
class Unpack:
    """Element `index` of a sequence unpacked into `count` names, of which `star` takes a list."""

    index: int
    count: int
    star: int | None = None


@dataclass(frozen=True)
class Display:
    """A tuple, list or dict written out; a dict's args alternate keys and values.

    The args at the positions `stars` are sequences whose elements are meant.
    """

    cls: type
    stars: tuple[int, ...] = ()


@dataclass(frozen=True)
class Format:
    """An f-string: text between the args, each with its conversion and format specification."""

    texts: tuple[str, ...]
    conversions: tuple[int, ...]
    specs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Closure:
    """Make a function from a nested def or lambda; the args are defaults, then captured values."""

    source: Any
    node: Any
    defaults: int
    captured: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Call:
    """Call the first arg with the others, of which the last ones are keywords.

    The args at the positions `stars` are sequences whose elements are meant.
    """

    stars: tuple[int, ...] = ()


CALL = Call()
ENTRIES = "**"
"""The keyword of an argument that is a dict whose entries are meant."""


@dataclass(frozen=True)
class Itself:
    """The nested function that is being called, by its own name."""


@dataclass(frozen=True, eq=False)
class Left:
    """A call of a function that could not be inlined, and why; it runs as it is."""

    function: Any
    error: Any

    @property
    def __name__(self) -> str:
        return str(self.function.__name__)


@dataclass(frozen=True, eq=False)
class Ruled:
    """A call of a function that a user has given a rule for, by name; the args are in order."""

    function: Any
    rule: Any


@dataclass(frozen=True)
class InPlace:
    """An augmented assignment: `op` for numbers, a store for arrays."""

    op: Any


@dataclass(frozen=True)
class Enter:
    """The value that a context manager gives on entry; args: (manager,). Up to `Leave` it is in."""


@dataclass(frozen=True)
class Region:
    """Begins a stretch of statements that stand under "try", or under the "finally" of one."""

    keyword: str


@dataclass(frozen=True)
class Leave:
    """Ends what the last `Enter` or `Region` began."""


@dataclass(frozen=True)
class Store:
    """A store into an element or a slice, as the user wrote it; args: (owner, index, value).

    `op` is the operator of an augmented one such as `y[i] += v`.
    """

    op: Any = None


@dataclass(frozen=True)
class StoreAttr:
    """A store into an attribute, as the user wrote it; args: (owner, value)."""

    name: str
    op: Any = None


@dataclass(frozen=True)
class Step:
    """One step from storage to a view of it: `op`, and how many operands follow the array."""

    op: Any
    count: int


@dataclass(frozen=True)
class UpdateAt:
    """A new version of an array or list with an element changed.

    The args are (base, *operands of the steps, index, value): `steps` lead from the base to the
    view of it that is written to. `op` is what combines the old element with the value
    (operator.add or sub), or None to replace it; `repeats` says that the index may name an element
    twice. Base and result are one storage, wherever nothing reads the base any more.
    """

    op: Any = None
    repeats: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class WriteView:
    """An `UpdateAt` at the end of compiling, with the view made: (base, view, index, value)."""

    op: Any = None
    repeats: bool = False


@dataclass(frozen=True)
class Append:
    """A new version of a list with one more element at its end; args: (list, element)."""


@dataclass(frozen=True)
class Shorten:
    """A new version of a list without its last element."""


@dataclass(frozen=True)
class ZerosLike:
    """Zeros with the structure of the arg, a list (possibly of tuples)."""


@dataclass(eq=False)
class Mark(Stmt):
    """A heading in the generated source, such as "reverse sweep"; it does nothing."""

    title: str


@dataclass(frozen=True)
class Blanks:
    """A list as long as the arg, whose elements are to be set: the arg's own hold their places."""


@dataclass(frozen=True)
class Construct:
    """An instance of a class from its attributes, by keyword."""

    cls: type
    names: tuple[str, ...]

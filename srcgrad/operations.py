"""Operations that IR has beside the functions that rules are for: syntax, stores, and calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Poison:
    """The value of a name where an exception may or may not have come before its assignment."""

    name: str


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


@dataclass(frozen=True)
class Blanks:
    """A list as long as the arg, whose elements are to be set: the arg's own hold their places."""


@dataclass(frozen=True)
class Construct:
    """An instance of a class from its attributes, by keyword."""

    cls: type
    names: tuple[str, ...]

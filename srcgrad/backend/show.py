"""IR as text, for the curious: one line a statement, with kinds, and a star at what is active."""

from __future__ import annotations

import operator
from collections.abc import Container, Iterable, Iterator
from typing import Any

from srcgrad import ir
from srcgrad.ir import Atom, Block, Const, Source, Stmt, Var
from srcgrad.kinds import UNKNOWN

SYMBOLS = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/",
    operator.floordiv: "//", operator.mod: "%", operator.pow: "**", operator.matmul: "@",
    operator.and_: "&", operator.or_: "|", operator.xor: "^", operator.lshift: "<<",
    operator.rshift: ">>", operator.lt: "<", operator.le: "<=", operator.gt: ">",
    operator.ge: ">=", operator.eq: "==", operator.ne: "!=", operator.is_: "is",
    operator.is_not: "is not",
}  # fmt: skip
INDENT = "    "


def show(params: Iterable[Var], block: Block, active: Container[Any] = ()) -> str:
    """The parameters and statements of a function as text; `active` values have a star."""
    shower = _Shower(active)
    head = ", ".join(map(shower.definition, params))
    return "\n".join([f"parameters {head}", *shower.block(block, "return")])


class _Shower:
    """Shows one function: each variable keeps the name it was shown under first."""

    def __init__(self, active: Container[Any]) -> None:
        self.active = active
        self.names: dict[Var, str] = {}
        self.taken: set[str] = set()

    # values

    def name(self, var: Var) -> str:
        """The user's name for a value, numbered from the second on."""
        if var not in self.names:
            wanted, count = var.hint or "t", 1
            while (chosen := wanted if count == 1 else f"{wanted}.{count}") in self.taken:
                count += 1
            self.names[var] = chosen
            self.taken.add(chosen)
        return self.names[var]

    def definition(self, var: Var) -> str:
        star = "*" if var in self.active else ""
        kind = "" if var.kind == UNKNOWN else f": {var.kind}"
        return f"{self.name(var)}{star}{kind}"

    def definitions(self, variables: Iterable[Var]) -> str:
        return ", ".join(map(self.definition, variables))

    def atom(self, atom: Atom | None) -> str:
        if isinstance(atom, Const):
            return _constant(atom.value)
        return "" if atom is None else self.name(atom)

    def atoms(self, atoms: Iterable[Atom]) -> str:
        return ", ".join(map(self.atom, atoms))

    # statements

    def block(self, block: Block, verb: str) -> Iterator[str]:
        for statement in block.stmts:
            yield from self.statement(statement)
        if block.results and not block.raises:
            yield f"{verb} {self.atoms(block.results)}"

    def statement(self, s: Stmt) -> Iterator[str]:
        match s:
            case ir.Bind(target, op, args, keywords):
                yield f"{self.definition(target)} = {self.operation(op, args, keywords)}"
            case ir.Effect(op, args, keywords):
                yield self.operation(op, args, keywords)
            case ir.Mark(title):
                yield f"# {title}"
            case ir.Raise(exception, cause):
                yield f"raise {self.atom(exception)}" + (
                    f" from {self.atom(cause)}" if cause else ""
                )
            case ir.Push(tape, values):
                yield f"push {self.atoms(values)} on {self.atom(tape)}"
            case ir.Pop(targets, tape, _):
                yield f"pop {self.definitions(targets)} from {self.atom(tape)}"
            case _:
                yield from self.compound(s)

    def compound(self, s: Stmt) -> Iterator[str]:
        match s:
            case ir.If():
                yield from self.branch(s)
            case ir.Loop():
                yield from self.loop(s)
            case ir.Define(target, params, body):
                yield f"define {self.definition(target)} of {self.definitions(params)}"
                yield from self.inside(body, "return")
            case _:
                yield type(s).__name__

    def inside(self, block: Block, verb: str) -> Iterator[str]:
        return (INDENT + line for line in self.block(block, verb))

    def branch(self, s: ir.If) -> Iterator[str]:
        takes = f"{self.definitions(s.targets)} = " if s.targets else ""
        yield f"{takes}if {self.atom(s.test)}"
        yield from self.inside(s.then, "give")
        yield "else"
        yield from self.inside(s.orelse, "give")

    def loop(self, s: ir.Loop) -> Iterator[str]:
        takes = f"{self.definitions(s.targets)} = " if s.targets else ""
        pairs = zip(s.params, s.inits, strict=True)
        carried = ", ".join(f"{self.definition(p)} = {self.atom(i)}" for p, i in pairs)
        over = f"for {self.source(s.source)}" if s.source else "while"
        yield f"{takes}{over}{' carrying ' + carried if carried else ''}"
        if s.test:
            yield from self.inside(s.test, "test")
        yield from self.inside(s.body, "carry")
        if isinstance(s.stop, Var):
            yield f"{INDENT}stop if {self.atom(s.stop)}"

    def source(self, source: Source) -> str:
        parts = (self.source(a) if isinstance(a, Source) else self.atom(a) for a in source.args)
        text = f"{_spelling(source.op)}({', '.join(parts)})"
        return f"{self.definition(source.item)} in {text}" if source.item else text

    # operations

    def operation(self, op: Any, args: tuple[Atom, ...], keywords: tuple[str, ...]) -> str:
        if op in SYMBOLS and len(args) == 2:
            return f"{self.atom(args[0])} {SYMBOLS[op]} {self.atom(args[1])}"
        if op is operator.getitem:
            return f"{self.atom(args[0])}[{self.atom(args[1])}]"
        if isinstance(op, ir.Load):
            return f"load {op.name}"
        if isinstance(op, ir.GetAttr):
            return f"{self.atom(args[0])}.{op.name}"
        if isinstance(op, ir.Call):
            return f"{self.atom(args[0])}({self.arguments(args[1:], keywords)})"
        return f"{_spelling(op)}({self.arguments(args, keywords)})"

    def arguments(self, args: tuple[Atom, ...], keywords: tuple[str, ...]) -> str:
        positional = len(args) - len(keywords)
        named = zip(keywords, args[positional:], strict=True)
        parts = [*map(self.atom, args[:positional]), *(f"{k}={self.atom(a)}" for k, a in named)]
        return ", ".join(parts)


def _constant(value: Any) -> str:
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else repr(value)


def _spelling(op: Any) -> str:
    """How an operation is called: a function by name, syntax in words."""
    match op:
        case ir.Unpack(index, count):
            return f"element {index} of {count} in "
        case ir.Display(cls):
            return cls.__name__
        case ir.InPlace(inner):
            return f"in place {_spelling(inner)} "
        case ir.Closure():
            return f"function {op.name} "
        case ir.Construct(cls):
            return cls.__name__
        case (
            ir.Format()
            | ir.UpdateAt()
            | ir.WriteView()
            | ir.Append()
            | ir.Shorten()
            | ir.ZerosLike()
            | ir.Blanks()
        ):
            return type(op).__name__
    return str(getattr(op, "__name__", type(op).__name__))

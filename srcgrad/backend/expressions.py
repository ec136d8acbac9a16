"""IR values -> gast expressions."""

from __future__ import annotations

import operator
import sys
from typing import Any

import gast
import numpy as np

from srcgrad import ir, runtime
from srcgrad.backend.fold import Plan
from srcgrad.backend.imports import Imports
from srcgrad.containers import is_plain_dataclass
from srcgrad.ir import Atom, Bind, Const, If, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, Tuple
from srcgrad.rules.table import Primitive, attribute_name, lookup

BINARY = {
    operator.add: gast.Add,
    operator.sub: gast.Sub,
    operator.mul: gast.Mult,
    operator.truediv: gast.Div,
    operator.floordiv: gast.FloorDiv,
    operator.mod: gast.Mod,
    operator.pow: gast.Pow,
    operator.matmul: gast.MatMult,
    operator.and_: gast.BitAnd,
    operator.or_: gast.BitOr,
    operator.xor: gast.BitXor,
    operator.lshift: gast.LShift,
    operator.rshift: gast.RShift,
}
UNARY = {
    operator.neg: gast.USub,
    operator.pos: gast.UAdd,
    operator.invert: gast.Invert,
    operator.not_: gast.Not,
}
COMPARE = {
    operator.lt: gast.Lt,
    operator.le: gast.LtE,
    operator.gt: gast.Gt,
    operator.ge: gast.GtE,
    operator.eq: gast.Eq,
    operator.ne: gast.NotEq,
    operator.is_: gast.Is,
    operator.is_not: gast.IsNot,
}
OPTIONS = frozenset(
    {"axis", "axes", "keepdims", "dtype", "ddof", "offset", "axis1", "axis2", "ord", "decimals"}
)
LOAD, STORE = gast.Load(), gast.Store()


def name(text: str, ctx: Any = LOAD) -> Any:
    return gast.Name(text, ctx, None, None)


def constant(value: Any) -> Any:
    return gast.Constant(value, None)


class ExpressionRaiser:
    """Writes values as expressions, with what is inlined written out."""

    def __init__(self, plan: Plan, names: dict[Var, str], imports: Imports) -> None:
        self.plan = plan
        self.names = names
        self.imports = imports

    def expr(self, atom: Atom) -> Any:
        if isinstance(atom, Const):
            return self.constant(atom.value)
        if atom not in self.plan.inlined:
            return name(self.names[atom])
        if atom in self.plan.choices:
            return self.choice(self.plan.choices[atom])
        return self.operation(self.plan.made_by[atom])

    def constant(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return gast.Tuple([self.constant(v) for v in value], LOAD)
        if isinstance(value, slice):
            parts = [
                None if p is None else self.constant(p)
                for p in (value.start, value.stop, value.step)
            ]
            return gast.Call(name("slice"), [p or constant(None) for p in parts], [])
        if (type(value) is float and value < 0) or (type(value) is int and value < 0):
            return gast.UnaryOp(gast.USub(), constant(-value))
        if value is None or type(value) in (int, float, complex, bool, str, bytes, type(Ellipsis)):
            return constant(value)
        if isinstance(value, ir.Undefined):
            return constant(None)
        return self._object(value)

    def _object(self, value: Any) -> Any:
        if isinstance(value, np.dtype):
            value = value.type
        if isinstance(value, np.generic):
            return gast.Call(self._object(type(value)), [self.constant(value.item())], [])
        if isinstance(value, type(sys)):
            return name(
                self.imports.module(value, "np" if value is np else value.__name__.split(".")[-1])
            )
        known = str(getattr(value, "__name__", ""))
        if known in vars(np) and getattr(np, known) is value:
            return gast.Attribute(self.dotted("np"), known, LOAD)
        return name(self.imports.object(value))

    def dotted(self, path: str) -> Any:
        """A dotted path such as np.linalg.norm, its module imported."""
        root, *rest = path.split(".")
        module = np if root == "np" else sys.modules[root]
        result = name(self.imports.module(module, root)) if rest or root == "np" else name(root)
        for part in rest:
            result = gast.Attribute(result, part, LOAD)
        return result

    # operations

    def operation(self, s: Bind) -> Any:
        op, args = s.op, s.args
        if op in (operator.getitem, operator.contains):
            return self._item(op, args)

        syntax = self._syntax(s)
        if syntax is not None:
            return syntax
        operands = [self.expr(a) for a in args] if not isinstance(op, ir.ZerosLike) else []
        primitive = lookup(op)
        if primitive is not None and primitive.inserts_axes:
            inserted = self._inserted_axes(args)
            if inserted is not None:
                return inserted
        if op in BINARY and len(args) == 2:
            return gast.BinOp(operands[0], BINARY[op](), operands[1])
        if op is operator.not_:
            return negated(operands[0])
        if op in UNARY:
            return gast.UnaryOp(UNARY[op](), operands[0])
        if op in COMPARE:
            return gast.Compare(operands[0], [COMPARE[op]()], [operands[1]])
        if primitive is not None and primitive.name:
            return self._call(primitive, s)
        return self._plain_call(self._object(op), operands, s.keywords)

    def _inserted_axes(self, args: tuple[Atom, ...]) -> Any:
        """`x[:, None]` for an array of known rank: several times faster than the function."""
        kind = args[0].kind if isinstance(args[0], Var) else None
        if (
            not isinstance(kind, Num)
            or kind.dims is None
            or not kind.dims
            or not isinstance(args[1], Const)
        ):
            return None
        axes = args[1].value if isinstance(args[1].value, tuple) else (args[1].value,)
        rank = len(kind.dims) + len(axes)
        places = {a % rank for a in axes}
        last = max(i for i in range(rank) if i in places)
        parts = [
            constant(None) if i in places else gast.Slice(None, None, None) for i in range(last + 1)
        ]
        return gast.Subscript(self.expr(args[0]), packed_index(parts), LOAD)

    def _item(self, op: Any, args: tuple[Atom, ...]) -> Any:
        if op is operator.contains:
            return gast.Compare(self.expr(args[1]), [gast.In()], [self.expr(args[0])])
        return gast.Subscript(self.expr(args[0]), self.index(args[1]), LOAD)

    def index(self, atom: Atom) -> Any:
        """An index: slices are written with colons."""
        made = (
            self.plan.made_by.get(atom)
            if isinstance(atom, Var) and atom in self.plan.inlined
            else None
        )
        if made is not None and made.op is slice:
            parts = [None if _is_none(a) else self.expr(a) for a in made.args]
            return gast.Slice(*([None, *parts] if len(parts) == 1 else parts), *_missing(parts))
        if made is not None and isinstance(made.op, ir.Display) and made.op.cls is tuple:
            return gast.Tuple([self.index(a) for a in made.args], LOAD)
        if isinstance(atom, Const) and isinstance(atom.value, slice):
            bounds = (atom.value.start, atom.value.stop, atom.value.step)
            return gast.Slice(*(None if b is None else self.constant(b) for b in bounds))
        if isinstance(atom, Const) and isinstance(atom.value, tuple):
            return gast.Tuple([self.index(Const(v)) for v in atom.value], LOAD)
        return self.expr(atom)

    def _instance(self, cls: type, fields: tuple[str, ...], values: list[Any]) -> Any:
        """An object: by its constructor where that does nothing but take the attributes."""
        named = [gast.keyword(n, v) for n, v in zip(fields, values, strict=True)]
        if is_plain_dataclass(cls):
            return gast.Call(self._object(cls), [], named)
        return gast.Call(self._object(runtime.instance), [self._object(cls)], named)

    def _syntax(self, s: Bind) -> Any:
        match s.op:
            case ir.Display():
                return self._display(s)
            case ir.Construct(cls, fields):
                return self._instance(cls, fields, [self.expr(a) for a in s.args])
            case ir.GetAttr(attribute):
                return gast.Attribute(self.expr(s.args[0]), attribute, LOAD)
            case ir.Call():
                function, *args = (self.expr(a) for a in s.args)
                return self._plain_call(function, args, s.keywords)
            case ir.Ruled(function) | ir.Left(function):
                return self._plain_call(
                    self._object(function), [self.expr(a) for a in s.args], s.keywords
                )
            case ir.Format():
                return self._format(s)
            case ir.Blanks():
                return gast.Call(name("list"), [self.expr(s.args[0])], [])
            case ir.ZerosLike():
                return self.zeros(
                    s.args[0].kind if isinstance(s.args[0], Var) else None, self.expr(s.args[0]), 0
                )
        return None

    def _display(self, s: Bind) -> Any:
        cls = s.op.cls
        values = [self.expr(a) for a in s.args]
        if cls is dict:
            return gast.Dict(values[::2], values[1::2])
        if cls is list:
            return gast.List(values, LOAD)
        if cls is tuple:
            return gast.Tuple(values, LOAD)
        return gast.Call(self._object(cls), values, [])

    def _format(self, s: Bind) -> Any:
        parts: list[Any] = []
        for i, text in enumerate(s.op.texts):
            if text:
                parts.append(constant(text))
            if i < len(s.args):
                spec = gast.JoinedStr([constant(s.op.specs[i])]) if s.op.specs[i] else None
                parts.append(gast.FormattedValue(self.expr(s.args[i]), s.op.conversions[i], spec))
        return gast.JoinedStr(parts)

    def _plain_call(self, function: Any, args: list[Any], keywords: tuple[str, ...]) -> Any:
        split = len(args) - len(keywords)
        named = [gast.keyword(k, a) for k, a in zip(keywords, args[split:], strict=True)]
        return gast.Call(function, args[:split], named)

    def _call(self, primitive: Primitive, s: Bind) -> Any:
        args, keywords = self._arguments(primitive, s.args)
        attribute = attribute_name(primitive.op)
        first = s.args[0].kind if s.args and isinstance(s.args[0], Var) else None
        is_array = isinstance(first, Num) and not first.is_scalar
        if attribute and len(args) == 1 and not keywords and is_array:
            return gast.Attribute(args[0], attribute, LOAD)
        if primitive.name.startswith("."):
            return self._method(primitive.name, args, keywords)
        return gast.Call(self._function(primitive), args, keywords)

    def _method(self, spelled: str, args: list[Any], keywords: list[Any]) -> Any:
        if not spelled.endswith("()"):
            return gast.Call(self.dotted(f"np{spelled}"), args, keywords)
        return gast.Call(gast.Attribute(args[0], spelled[1:-2], LOAD), args[1:], keywords)

    def _function(self, primitive: Primitive) -> Any:
        spelled = primitive.name
        if spelled.startswith(("np.", "math.")):
            return self.dotted(spelled)
        if "." not in spelled and getattr(primitive.op, "__module__", "") == "builtins":
            return name(spelled)
        return self._object(primitive.op)

    def _arguments(
        self, primitive: Primitive, args: tuple[Atom, ...]
    ) -> tuple[list[Any], list[Any]]:
        """Operands by position; options that are not at their default by keyword."""
        if primitive.variadic:
            return [self.expr(a) for a in args], []
        required = [
            a
            for a, p in zip(args, primitive.parameters, strict=True)
            if p not in primitive.defaults
        ]
        optional = [
            (p, a)
            for p, a in zip(primitive.parameters, args, strict=True)
            if p in primitive.defaults
        ]
        changed = [(p, a) for p, a in optional if not _is_default(a, primitive.defaults[p])]
        if not primitive.name.startswith("np."):
            last = max((i for i, (p, a) in enumerate(optional) if (p, a) in changed), default=-1)
            return [self.expr(a) for a in [*required, *(a for _, a in optional[: last + 1])]], []
        operands = 0
        while (
            operands < len(optional)
            and optional[operands] in changed
            and optional[operands][0] not in OPTIONS
        ):
            operands += 1
        positional = [*required, *(a for _, a in optional[:operands])]
        rest = [
            gast.keyword(p, self.expr(a)) for p, a in changed if (p, a) not in optional[:operands]
        ]
        return [self.expr(a) for a in positional], rest

    def choice(self, s: If) -> Any:
        """A branch as a conditional expression, or `and` and `or` where it is one."""
        then, orelse = s.then.results[0], s.orelse.results[0]
        if orelse is s.test and isinstance(s.test, Var):
            return self._boolean(gast.And, s.test, then)
        if then is s.test and isinstance(s.test, Var):
            return self._boolean(gast.Or, s.test, orelse)
        return gast.IfExp(self.expr(s.test), self.expr(then), self.expr(orelse))

    def _boolean(self, cls: Any, left: Atom, right: Atom) -> Any:
        parts = [self.expr(left), self.expr(right)]
        if isinstance(parts[1], gast.BoolOp) and isinstance(parts[1].op, cls):
            parts = [parts[0], *parts[1].values]
        return gast.BoolOp(cls(), parts)

    def zeros(self, kind: Kind | None, value: Any, depth: int) -> Any:
        """Zeros with the structure of a value."""
        match kind:
            case Num() if kind.is_scalar:
                return constant(0.0)
            case Tuple(elements, cls):
                parts = [self.zeros(e, _at(value, i), depth) for i, e in enumerate(elements)]
                return (
                    gast.Tuple(parts, LOAD)
                    if cls is tuple
                    else gast.Call(self._object(cls), parts, [])
                )
            case Dict(keys, values):
                parts = [
                    self.zeros(v, _at(value, k), depth) for k, v in zip(keys, values, strict=True)
                ]
                return gast.Dict([constant(k) for k in keys], parts)
            case Object(cls, names, values):
                fields = [
                    gast.keyword(n, self.zeros(v, gast.Attribute(value, n, LOAD), depth))
                    for n, v in zip(names, values, strict=True)
                ]
                return gast.Call(self._object(cls), [], fields)
            case List(element=Num() as element) if element.is_scalar:
                length = gast.Call(name("len"), [value], [])
                return gast.BinOp(gast.List([constant(0.0)], LOAD), gast.Mult(), length)
            case List(element=element):
                item = "e" + "_" * depth
                inner = self.zeros(element, name(item), depth + 1)
                return gast.ListComp(inner, [gast.comprehension(name(item, STORE), value, [], 0)])
            case Num(nullable=True):
                return gast.Call(self._object(runtime.zeros_unless_none), [value], [])
        return gast.Call(self.dotted("np.zeros_like"), [value], [])


def negated(test: Any) -> Any:
    """The opposite of a test, without a double `not` and with `not in`."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    opposites = {gast.In: gast.NotIn, gast.Is: gast.IsNot}
    if isinstance(test, gast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in opposites:
        return gast.Compare(test.left, [opposites[type(test.ops[0])]()], test.comparators)
    return gast.UnaryOp(gast.Not(), test)


def _missing(parts: list[Any]) -> list[None]:
    """What `slice(stop)` and `slice(start, stop)` leave out at the end."""
    return [None] * (3 - max(len(parts), 2))


def packed_index(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else gast.Tuple(parts, LOAD)


def _at(value: Any, key: Any) -> Any:
    return gast.Subscript(value, constant(key), LOAD)


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is None


def _is_default(atom: Atom, default: Any) -> bool:
    if not isinstance(atom, Const):
        return False
    return atom.value is default or (
        type(atom.value) is type(default) and repr(atom.value) == repr(default)
    )

"""Lower expressions: gast -> one operation a statement (A-normal form)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad import ir
from srcgrad.errors import UnsupportedError
from srcgrad.frontend.names import free_names
from srcgrad.frontend.source import FunctionSource
from srcgrad.ir import Atom, Bind, Block, Const, If, Origin, Stmt, Var

BINARY = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
    gast.MatMult: operator.matmul,
    gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor,
    gast.LShift: operator.lshift,
    gast.RShift: operator.rshift,
}
UNARY = {
    gast.USub: operator.neg,
    gast.UAdd: operator.pos,
    gast.Invert: operator.invert,
    gast.Not: operator.not_,
}
COMPARE = {
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
    gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
}
REFUSED = {
    "Await": ("await", "write an ordinary function"),
    "Yield": ("a generator", "return the values in a list or an array"),
    "YieldFrom": ("a generator", "return the values in a list or an array"),
    "Starred": ("a starred argument", "write the arguments out"),
}


@dataclass
class Branch:
    """An expression that may be skipped: its statements, its value, and what names are after it."""

    block: Block
    value: Atom
    env: dict[str, Atom]


class ExpressionLowerer:
    """Lowers expressions of one function into the current block."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.env: dict[str, Atom] = {}
        self.whole: Any = source.node
        self.local_names: set[str] = set()
        self.stmts: list[Stmt] = []
        self.origin: Origin | None = None
        self.passing: set[str] = set()  # the variables of comprehensions around
        self.own_name = ""  # of a nested def: it does not see itself yet

    def refuse(self, node: gast.AST, what: str, fix: str, why: str = "") -> UnsupportedError:
        why = why or "srcgrad cannot differentiate through it yet"
        return UnsupportedError(
            f"{what} is not supported", why=why, fix=fix, location=self.source.location(node)
        )

    def bind(
        self, op: Any, *args: Atom, keywords: tuple[str, ...] = (), node: gast.AST | None = None
    ) -> Var:
        target = Var()
        self.stmts.append(Bind(target, op, args, keywords, origin=self.origin_of(node)))
        return target

    def origin_of(self, node: gast.AST | None) -> Origin | None:
        """The statement's origin, with the column of the expression itself for errors."""
        if node is None or self.origin is None or not hasattr(node, "lineno"):
            return self.origin
        return Origin(
            self.source.location(node), self.origin.text, self.origin.line, self.origin.header
        )

    def expr(self, node: gast.AST) -> Atom:
        lower = getattr(self, "expr_" + type(node).__name__, None)
        if lower is None:
            what, fix = REFUSED.get(
                type(node).__name__, (f"{type(node).__name__}", "write it another way")
            )
            raise self.refuse(node, what, fix)
        result: Atom = lower(node)
        return result

    def expr_Constant(self, node: Any) -> Atom:
        return Const(node.value)

    def expr_Name(self, node: Any) -> Atom:
        if node.id in self.local_names:
            atom = self.env.get(node.id, ir.UNDEFINED)
            if atom is ir.UNDEFINED:
                raise UnsupportedError(
                    f"{node.id!r} is read before it is assigned",
                    why="no path to this line assigns it",
                    fix=f"assign {node.id} first",
                    location=self.source.location(node),
                )
            return atom
        if node.id == self.own_name:
            return self.bind(ir.Itself(), node=node)
        return self.bind(ir.Load(node.id), node=node)

    def expr_BinOp(self, node: Any) -> Atom:
        return self.bind(
            BINARY[type(node.op)], self.expr(node.left), self.expr(node.right), node=node
        )

    def expr_UnaryOp(self, node: Any) -> Atom:
        operand = self.expr(node.operand)
        value: Any = operand.value if isinstance(operand, Const) else None
        if isinstance(node.op, gast.USub) and type(value) in (int, float, complex):
            return Const(-value)
        return self.bind(UNARY[type(node.op)], operand, node=node)

    def expr_Compare(self, node: Any) -> Atom:
        return self._chain(node, self.expr(node.left), node.ops, node.comparators)

    def _chain(self, node: Any, left: Atom, ops: list[Any], rights: list[Any]) -> Atom:
        right = self.expr(rights[0])
        first = self._compare(node, ops[0], left, right)
        if len(ops) == 1:
            return first
        then = self.nested(lambda: self._chain(node, right, ops[1:], rights[1:]))
        return self._choose(node, first, then, self.nested(lambda: first))

    def _compare(self, node: Any, op: Any, left: Atom, right: Atom) -> Atom:
        if isinstance(op, gast.In):
            return self.bind(operator.contains, right, left, node=node)
        if isinstance(op, gast.NotIn):
            inside = self.bind(operator.contains, right, left, node=node)
            return self.bind(operator.not_, inside, node=node)
        return self.bind(COMPARE[type(op)], left, right, node=node)

    def expr_BoolOp(self, node: Any) -> Atom:
        return self._boolean(node, node.values)

    def _boolean(self, node: Any, values: list[Any]) -> Atom:
        first = self.expr(values[0])
        if len(values) == 1:
            return first
        rest = self.nested(lambda: self._boolean(node, values[1:]))
        short = self.nested(lambda: first)
        is_and = isinstance(node.op, gast.And)
        return self._choose(node, first, *((rest, short) if is_and else (short, rest)))

    def expr_IfExp(self, node: Any) -> Atom:
        test = self.expr(node.test)
        then = self.nested(lambda: self.expr(node.body))
        orelse = self.nested(lambda: self.expr(node.orelse))
        return self._choose(node, test, then, orelse)

    def nested(self, lower: Any) -> Branch:
        """Lower an expression into a block of its own; what it assigns it assigns there."""
        outer, self.stmts = self.stmts, []
        before, self.env = self.env, dict(self.env)
        value = lower()
        branch = Branch(Block(self.stmts), value, self.env)
        self.stmts, self.env = outer, before
        return branch

    def _choose(self, node: Any, test: Atom, then: Branch, orelse: Branch) -> Var:
        target = Var()
        a, b = then.env, orelse.env
        names = sorted({n for n in (*a, *b) if a.get(n) is not b.get(n)})
        for one in (then, orelse):
            one.block.results = (one.value, *(one.env.get(n, ir.UNDEFINED) for n in names))
        targets = tuple(Var(n) for n in names)
        self.env = self.env | dict(zip(names, targets, strict=True))
        origin = self.origin_of(node)
        made = If(test, then.block, orelse.block, (target, *targets), origin=origin)
        self.stmts.append(made)
        return target

    def expr_Call(self, node: Any) -> Atom:
        for argument in (node.func, *node.args, *(k.value for k in node.keywords)):
            argument.called_at_once = isinstance(argument, gast.Lambda)
        function = self.expr(node.func)
        args, stars = self._starred(node.args)
        for keyword in node.keywords:
            args.append(self.expr(keyword.value))
        names = tuple(k.arg or ir.ENTRIES for k in node.keywords)
        op = ir.Call(tuple(i + 1 for i in stars))
        return self.bind(op, function, *args, keywords=names, node=node)

    def _starred(self, nodes: list[Any]) -> tuple[list[Atom], tuple[int, ...]]:
        """The values of arguments or elements, and which of them stand for all their elements."""
        stars = tuple(i for i, n in enumerate(nodes) if isinstance(n, gast.Starred))
        return [self.expr(n.value if isinstance(n, gast.Starred) else n) for n in nodes], stars

    def expr_Attribute(self, node: Any) -> Atom:
        return self.bind(ir.GetAttr(node.attr), self.expr(node.value), node=node)

    def expr_Subscript(self, node: Any) -> Atom:
        return self.bind(operator.getitem, self.expr(node.value), self.expr(node.slice), node=node)

    def expr_Slice(self, node: Any) -> Atom:
        parts = (node.lower, node.upper, node.step)
        return self.bind(slice, *(Const(None) if p is None else self.expr(p) for p in parts))

    def expr_Tuple(self, node: Any) -> Atom:
        return self._display(tuple, node)

    def expr_List(self, node: Any) -> Atom:
        return self._display(list, node)

    def _display(self, cls: type, node: Any) -> Atom:
        elements, stars = self._starred(node.elts)
        return self.bind(ir.Display(cls, stars), *elements, node=node)

    def expr_Dict(self, node: Any) -> Atom:
        if any(k is None for k in node.keys):
            return self._merged(node)
        pairs = [self.expr(e) for k, v in zip(node.keys, node.values, strict=True) for e in (k, v)]
        return self.bind(ir.Display(dict), *pairs, node=node)

    def _merged(self, node: Any) -> Atom:
        """A dict written with `**`: the dicts in it, one after the other."""
        whole: Atom = self.bind(ir.Display(dict), node=node)
        for key, value in zip(node.keys, node.values, strict=True):
            one = self.expr(value)
            if key is not None:
                one = self.bind(ir.Display(dict), self.expr(key), one, node=node)
            whole = self.bind(operator.or_, whole, one, node=node)
        return whole

    def expr_NamedExpr(self, node: Any) -> Atom:
        value = self.expr(node.value)
        self.assign_name(node.target.id, value)
        return self.env[node.target.id]

    def assign_name(self, name: str, value: Atom) -> None:
        """Let a local name stand for a value; the value takes the name if it has none."""
        if isinstance(value, Var) and value.hint is None and self._is_new(value):
            value.hint = name
        self.env[name] = value

    def _is_new(self, value: Var) -> bool:
        last = self.stmts[-1] if self.stmts else None
        match last:
            case Bind(target=target):
                return target is value
            case If(targets=targets):
                return value in targets
        return False

    def expr_JoinedStr(self, node: Any) -> Atom:
        texts, conversions, specs, args = [""], [], [], []
        for part in node.values:
            if isinstance(part, gast.Constant):
                texts[-1] += part.value
                continue
            args.append(self.expr(part.value))
            conversions.append(part.conversion)
            specs.append(self._format_spec(node, part.format_spec))
            texts.append("")
        op = ir.Format(tuple(texts), tuple(conversions), tuple(specs))
        return self.bind(op, *args, node=node)

    def _format_spec(self, node: Any, spec: Any) -> str:
        if spec is None:
            return ""
        if all(isinstance(v, gast.Constant) for v in spec.values):
            return "".join(v.value for v in spec.values)
        raise self.refuse(node, "a computed format specification", "write the format out")

    def expr_Lambda(self, node: Any) -> Atom:
        if not getattr(node, "called_at_once", False):
            self.check_captures(node)
        return self.closure(node, "lambda")

    def check_captures(self, node: Any) -> None:
        """A captured name must not change after the function is made, or a call would see it."""
        end = (node.end_lineno, node.end_col_offset)
        later = {
            n.id
            for n in gast.walk(self.whole)
            if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store) and _place(n) > end
        }
        for name in sorted(later & free_names(node)):
            raise self.refuse(
                node,
                f"a nested function that captures {name!r}, which is assigned again later,",
                f"pass {name} as an argument",
            )

    def closure(self, node: Any, name: str) -> Atom:
        """A nested function as a value that remembers what it captures."""
        free = sorted(free_names(node) & self.local_names - {name})
        passed_on = getattr(node, "passed_on", False) and not getattr(node, "kept", False)
        if self.passing & set(free) and not passed_on:
            raise self.refuse(
                node,
                "a function that captures the variable of a comprehension",
                "give it a parameter with a default, as in lambda v, k=k: v * k",
                why="all functions made there see its last value",
            )
        defaults = [self.expr(d) for d in node.args.defaults]
        keyword_defaults = [self.expr(d) for d in node.args.kw_defaults if d is not None]
        captured = [self._captured(node, n) for n in free]
        count = len(defaults) + len(keyword_defaults)
        op = ir.Closure(self.source, node, count, tuple(free), name)
        return self.bind(op, *defaults, *keyword_defaults, *captured, node=node)

    def _captured(self, node: Any, name: str) -> Atom:
        if self.env.get(name, ir.UNDEFINED) is ir.UNDEFINED:
            raise self.refuse(
                node,
                f"a nested function that reads {name!r}, which is assigned later,",
                f"assign {name} before it, or pass it as an argument",
                why="a nested function sees the values there are where it is defined",
            )
        return self.env[name]


def _place(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset

"""Lower statements: gast -> structured IR in single-assignment form.

Works on a function whose blocks have one exit each (`structure`).  Names become values at once: an
environment maps each local name to the value it has here; branches and loops make explicit what
they change.
"""

from __future__ import annotations

import importlib
import inspect
import operator
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad import ir
from srcgrad.errors import Location
from srcgrad.frontend.cells import with_cells
from srcgrad.frontend.expressions import BINARY
from srcgrad.frontend.generators import first_yield, has_while, returning_a_list
from srcgrad.frontend.hooks import with_hooks
from srcgrad.frontend.liveness import drop_unread
from srcgrad.frontend.loops import STOP
from srcgrad.frontend.names import assigned_names
from srcgrad.frontend.plain import plain_regions
from srcgrad.frontend.regions import RegionLowerer
from srcgrad.frontend.source import FunctionSource
from srcgrad.frontend.structure import single_exit
from srcgrad.ir import Atom, Block, Const, Effect, If, Origin, Raise, Var

RESULT = "<result>"  # the function's value, carried through tail positions like a name
REFUSED = {
    "AsyncFor": ("async for", "use an ordinary for"),
    "AsyncWith": ("async with", "use an ordinary function"),
    "AsyncFunctionDef": ("an async function", "use an ordinary def"),
    "ClassDef": ("a class defined inside", "define the class at module level"),
    "TryStar": ("except*", "use except"),
    "Match": ("match", "use if and elif"),
    "TypeAlias": ("a type alias inside (TypeAlias)", "define it at module level"),
}


@dataclass(frozen=True, eq=False)
class Lowered:
    """A function in IR, before anything is known of its arguments.

    `params` are its parameters in order (positional, keyword-only, then captured names); `defaults`
    maps parameter names to the position of their default among the closure's args or to the value.
    A `generator` returns what it yields in a list; one that may be `endless` has a `while` in it.
    """

    source: FunctionSource
    name: str
    arguments: Any
    params: tuple[Var, ...]
    body: Block
    returned: Location | None = None
    generator: bool = False
    endless: bool = False


def lower_function(
    source: FunctionSource, node: Any, name: str, captured: tuple[str, ...] = ()
) -> Lowered:
    """Lower a def or a lambda; `captured` names come in as extra parameters at the end."""
    return Lowerer(source).function(node, name, captured)


class Lowerer(RegionLowerer):
    """Lowers one function."""

    returned: Location | None = None

    def function(self, node: Any, name: str, captured: tuple[str, ...]) -> Lowered:
        nested = isinstance(node, gast.FunctionDef) and node is not self.source.node
        generator = first_yield(node) is not None
        node = returning_a_list(node, self.refuse)
        endless = generator and has_while(node)
        node = plain_regions(with_hooks(node, self.source), self.source)
        node = with_cells(node)
        self._check_signature(node)
        self.own_name = name if nested else ""
        node = single_exit(_as_def(node, name))
        stars = [a for a in (node.args.vararg, node.args.kwarg) if a is not None]
        names = [
            a.id for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *stars)
        ]
        params = tuple(Var(n) for n in (*names, *captured))
        self.local_names = {p.hint or "" for p in params} | assigned_names(node.body)
        self.env = {p.hint or "": p for p in params}
        self.whole = node
        block = self.block(node.body)
        block.results = () if block.raises else (self.env.get(RESULT, Const(None)),)
        drop_unread(block)
        returned = self.returned or self.source.location(node)
        return Lowered(self.source, name, node.args, params, block, returned, generator, endless)

    def _check_signature(self, node: Any) -> None:
        if isinstance(node, gast.AsyncFunctionDef):
            raise self.refuse(node, "an async function", "use an ordinary def")

    def stmt_Nonlocal(self, node: Any) -> None:
        raise self.refuse(
            node,
            f"nonlocal {', '.join(node.names)}",
            "return the new value in place of assigning it",
            why="the variable belongs to a function that is not differentiated",
        )

    # blocks and statements

    def block(self, body: list[Any]) -> Block:
        outer, self.stmts = self.stmts, []
        raises = False
        for statement in body:
            self.statement(statement)
            if self.always_raises():
                raises = True
                break
        block = Block(self.stmts, raises=raises)
        self.stmts = outer
        return block

    def always_raises(self) -> bool:
        match self.stmts[-1] if self.stmts else None:
            case Raise():
                return True
            case If(test=Const(value=True), then=then):
                return then.raises
        return False

    def statement(self, node: Any) -> None:
        lower = getattr(self, "stmt_" + type(node).__name__, None)
        if lower is None:
            what, fix = REFUSED.get(
                type(node).__name__, (type(node).__name__, "write it another way")
            )
            raise self.refuse(node, what, fix)
        previous = self.origin
        text = self.source.statement_text(node)
        header = isinstance(node, gast.If | gast.For | gast.While)
        self.origin = Origin(self.source.location(node), text, node.lineno, header)
        lower(node)
        self.origin = previous

    def stmt_Import(self, node: Any) -> None:
        for alias in node.names:
            module = self._module(node, alias.name)
            if alias.asname is None:
                module = self._module(node, alias.name.split(".")[0])
            self.env[alias.asname or alias.name.split(".")[0]] = Const(module)

    def stmt_ImportFrom(self, node: Any) -> None:
        package = self.source.function.__globals__.get("__package__") or None
        module = self._module(node, "." * node.level + (node.module or ""), package)
        for alias in node.names:
            if alias.name == "*" or not hasattr(module, alias.name):
                raise self.refuse(
                    node, f"importing {alias.name!r} here", "import it at the top of the module"
                )
            self.env[alias.asname or alias.name] = Const(getattr(module, alias.name))

    def _module(self, node: Any, name: str, package: str | None = None) -> Any:
        try:
            return importlib.import_module(name, package)
        except ImportError as error:
            raise self.refuse(
                node,
                f"importing {name!r} here",
                "install it, or leave the import out",
                why=str(error),
            ) from None

    def stmt_Global(self, node: Any) -> None:
        """Nothing if the names are only read; a store into one is refused."""
        names = assigned_names(self.whole.body)
        for name in node.names:
            if name in names:
                raise self.refuse(
                    node,
                    f"an assignment to the global {name!r}",
                    "return the new value in place of assigning it",
                    why="differentiating a function leaves no state behind",
                )

    def stmt_Pass(self, node: Any) -> None:
        pass

    def stmt_Expr(self, node: Any) -> None:
        if not isinstance(node.value, gast.Constant):
            self.expr(node.value)

    def stmt_Return(self, node: Any) -> None:
        value = Const(None) if node.value is None else self.expr(node.value)
        self.env[RESULT] = value
        if not getattr(node, "implicit", False):
            self.returned = self.source.location(node)

    def stmt_Break(self, node: Any) -> None:
        self.env[STOP] = Const(True)

    def stmt_Assign(self, node: Any) -> None:
        target = node.targets[0]
        if len(node.targets) == 1 and self._is_parallel(target, node.value):
            values = [self.expr(e) for e in node.value.elts]
            for t, v in zip(target.elts, values, strict=True):
                self.assign(t, v)
            return
        unpacked = all(isinstance(t, gast.Tuple | gast.List) for t in node.targets)
        if unpacked and isinstance(node.value, gast.GeneratorExp):
            node.value.passed_on = node.value.walked = True
        value = self.expr(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _is_parallel(self, target: Any, value: Any) -> bool:
        sequence = gast.Tuple | gast.List
        if not (isinstance(target, sequence) and isinstance(value, sequence)):
            return False
        stars = any(isinstance(e, gast.Starred) for e in (*target.elts, *value.elts))
        return len(target.elts) == len(value.elts) and not stars

    def assign(self, target: Any, value: Atom) -> None:
        match target:
            case gast.Name():
                self.assign_name(target.id, value)
            case gast.Tuple() | gast.List():
                self._unpack(target, value)
            case gast.Subscript():
                self._store(target, value)
            case gast.Attribute():
                self._store_attribute(target, value)
            case _:
                raise self.refuse(target, f"an assignment to {type(target).__name__}", "use a name")

    def _store_attribute(self, target: Any, value: Atom, op: Any = None) -> None:
        owner, origin = self.expr(target.value), self.origin_of(target)
        self.stmts.append(Effect(ir.StoreAttr(target.attr, op), (owner, value), origin=origin))

    def _store(self, target: Any, value: Atom, op: Any = None) -> None:
        """A store into an element or a slice; `op` is the operator of an augmented one."""
        owner, index = self.expr(target.value), self.expr(target.slice)
        origin = self.origin_of(target)
        self.stmts.append(Effect(ir.Store(op), (owner, index, value), origin=origin))

    def _unpack(self, target: Any, value: Atom) -> None:
        stars = [i for i, e in enumerate(target.elts) if isinstance(e, gast.Starred)]
        star = stars[0] if stars else None
        for i, element in enumerate(target.elts):
            item = self.bind(ir.Unpack(i, len(target.elts), star), value, node=target)
            self.assign(element.value if i == star else element, item)

    def stmt_AnnAssign(self, node: Any) -> None:
        if node.value is not None:
            self.assign(node.target, self.expr(node.value))

    def stmt_AugAssign(self, node: Any) -> None:
        op = BINARY[type(node.op)]
        if isinstance(node.target, gast.Subscript | gast.Attribute) and self._may_store(node.value):
            self._augmented_later(node, op)
            return
        if isinstance(node.target, gast.Subscript):
            self._store(node.target, self.expr(node.value), op)
            return
        if isinstance(node.target, gast.Attribute):
            self._store_attribute(node.target, self.expr(node.value), op)
            return
        old = self.expr_Name(
            gast.copy_location(gast.Name(node.target.id, gast.Load(), None, None), node.target)
        )
        value = self.expr(node.value)
        self.assign_name(node.target.id, self.bind(ir.InPlace(op), old, value, node=node))

    def _augmented_later(self, node: Any, op: Any) -> None:
        """`y[i] += f()` where f may store into y[i]: the old element is read before the call."""
        target = node.target
        owner, origin = self.expr(target.value), self.origin_of(target)
        if isinstance(target, gast.Attribute):
            old = self.bind(ir.GetAttr(target.attr), owner, node=target)
            new = self.bind(ir.InPlace(op), old, self.expr(node.value), node=node)
            self.stmts.append(Effect(ir.StoreAttr(target.attr), (owner, new), origin=origin))
            return
        index = self.expr(target.slice)
        old = self.bind(operator.getitem, owner, index, node=target)
        new = self.bind(ir.InPlace(op), old, self.expr(node.value), node=node)
        self.stmts.append(Effect(ir.Store(), (owner, index, new), origin=origin))

    def _may_store(self, node: Any) -> bool:
        """Whether an expression calls something that is no function of a module's or a builtin."""
        calls = (n.func for n in gast.walk(node) if isinstance(n, gast.Call))
        return any(not self._is_from_module(f) for f in calls)

    def _is_from_module(self, function: Any) -> bool:
        if isinstance(function, gast.Attribute) and isinstance(function.value, gast.Name):
            name = function.value.id
            return name not in self.local_names and inspect.ismodule(self.lookup(name))
        named = isinstance(function, gast.Name) and function.id not in self.local_names
        found = self.lookup(function.id) if named else None
        home = str(getattr(found, "__module__", "")).split(".")
        helper = home[0] == "numpy" or home in (
            ["srcgrad", "runtime"],
            ["srcgrad", "special"],
        )
        return helper or inspect.isbuiltin(found) or isinstance(found, type)

    def stmt_Delete(self, node: Any) -> None:
        for target in node.targets:
            match target:
                case gast.Name():
                    self.env[target.id] = ir.UNDEFINED
                case gast.Subscript():
                    key = self.expr(target.slice)
                    self.bind(ir.CALL, Const(operator.delitem), self.expr(target.value), key)
                case _:
                    raise self.refuse(target, "del of an attribute", "set it to None")

    def stmt_Assert(self, node: Any) -> None:
        test = self.bind(operator.not_, self.expr(node.test))
        fails = self._in_block(lambda: self._fail(node))
        self.stmts.append(If(test, fails, Block(), (), origin=self.origin))

    def _fail(self, node: Any) -> None:
        args = [] if node.msg is None else [self.expr(node.msg)]
        error = self.bind(ir.CALL, Const(AssertionError), *args, node=node)
        self.stmts.append(Raise(error, origin=self.origin))

    def stmt_Raise(self, node: Any) -> None:
        exception = None if node.exc is None else self.expr(node.exc)
        cause = None if node.cause is None else self.expr(node.cause)
        self.stmts.append(Raise(exception, cause, origin=self.origin))

    def stmt_FunctionDef(self, node: Any) -> None:
        self.check_captures(node)
        value = self.closure(node, node.name)
        for decorator in reversed(node.decorator_list):
            value = self.bind(ir.CALL, self.expr(decorator), value, node=decorator)
        self.assign_name(node.name, value)

    # control flow

    def stmt_If(self, node: Any) -> None:
        test = self.expr(node.test)
        before = dict(self.env)
        then = self.block(node.body)
        then_env, self.env = self.env, dict(before)
        orelse = self.block(node.orelse)
        if then.raises or orelse.raises:
            self._guard(test, then, then_env, orelse)
            return
        targets = self._join(then, then_env, orelse, self.env)
        self.stmts.append(If(test, then, orelse, targets, origin=self.origin))

    def _guard(self, test: Atom, then: Block, then_env: dict[str, Atom], orelse: Block) -> None:
        """A branch that raises becomes a guard, and the other one simply follows it."""
        if not then.raises:
            test = self.bind(operator.not_, test)
            then, orelse, self.env = orelse, then, then_env
        self.stmts.append(If(test, then, Block(), (), origin=self.origin))
        self.stmts.extend(orelse.stmts)

    def _join(
        self, then: Block, a: dict[str, Atom], orelse: Block, b: dict[str, Atom]
    ) -> tuple[Var, ...]:
        """Give every name that the branches disagree on a new value after them."""
        names = sorted(
            {n for n in (*a, *b) if a.get(n, ir.UNDEFINED) is not b.get(n, ir.UNDEFINED)}
        )
        then.results = tuple(a.get(n, ir.UNDEFINED) for n in names)
        orelse.results = tuple(b.get(n, ir.UNDEFINED) for n in names)
        targets = tuple(Var(None if n.startswith("<") else n) for n in names)
        self.env = b | dict(zip(names, targets, strict=True))
        return targets


def _as_def(node: Any, name: str) -> Any:
    if not isinstance(node, gast.Lambda):
        return node
    result = gast.copy_location(gast.Return(node.body), node.body)
    definition = gast.FunctionDef(name, node.args, [result], [], None, None, [])
    return gast.copy_location(definition, node)

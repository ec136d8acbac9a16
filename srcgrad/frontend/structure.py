"""One exit per block: early `return`, `break` and `continue` become tails of nested if/else.

A block is rebuilt from its last statement to its first.  What follows a statement is then already
structured, and moves as a whole into the branch that falls through; no statement is ever copied.
Where more than one path falls through, the jump becomes a flag that is tested afterwards:

    if a:                            returned = False
        if b:                        if a:
            return 1                     if b:
    rest                                     result = 1
                                             returned = True
                                     if returned:
                                         return result
                                     else:
                                         rest

A jump out of a `try` or a `with` always becomes a flag, which is tested behind it.

An `async with` or a `finally` with a jump out of it stays exactly as it is, as does a loop whose
`else` such a `break` skips.  Their jumps are real, so right wherever they stand; lowering refuses
them.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.frontend.flow import (
    JUMPS,
    LOOPS,
    REGIONS,
    Exits,
    Flow,
    Statements,
    is_endless,
    returned_by_loops,
)

# A statement or block that was built, and how deep it nests.
_Built = tuple[Any, int]
# How deep moving the rest into branches may nest; from there on, flags continue on the same level.
MAX_NESTING = 40
_NAMELESS = (gast.Attribute, gast.keyword, gast.Constant)


def single_exit(function: Any) -> Any:
    """The function with the same meaning in which every block has one exit; the input is kept.

    `return` is in tail position of the body, `break` in that of its loop; `continue`, the `else` of
    loops and dead code are gone.  Every path ends in `return` or `raise`: a `return None` that was
    added for this has the attribute `implicit = True`.
    """
    structurer = _Structurer(returned_by_loops(function))
    body, _ = structurer.block(function.body)
    if structurer.mixed:
        structurer = _Structurer()
        body, _ = structurer.block(function.body)
    _initialise(body, structurer.returned)
    structurer.choose_names(_used_names(function))
    return _with(function, body=_close(body, function, Flow()))


@dataclass(eq=False)
class _Flag:
    """A name that the pass makes up; its uses get their text at the end."""

    base: str
    line: int = 0
    uses: set[Any] = field(default_factory=set)

    def use(self, at: Any, context: Any = None) -> Any:
        use = _at(at, gast.Name(self.base, context or gast.Load(), None, None))
        self.uses.add(use)
        return use

    def set(self, value: Any, at: Any) -> Any:
        """An assignment of an expression, or of a constant."""
        if not isinstance(value, gast.expr):
            value = _at(at, gast.Constant(value, None))
        return _at(at, gast.Assign([self.use(at, gast.Store())], value, None))

    def is_in(self, statement: Any) -> bool:
        return bool(self.uses) and any(node in self.uses for node in gast.walk(statement))


@dataclass
class _Segment:
    """Structured statements, last one first; `jumps` are those in their tail positions."""

    statements: Statements = field(default_factory=list)
    height: int = 0
    jumps: dict[type, Any] = field(default_factory=dict)
    falls: bool = True

    def push(self, statement: Any, height: int) -> None:
        self.statements.append(statement)
        self.height = max(self.height, height)


@dataclass
class _Rest:
    """What follows in a block: the segment in the making; then closed ones, too deep to nest."""

    open: _Segment
    closed: list[_Segment] = field(default_factory=list)

    def take(self) -> _Segment:
        """The open segment, to go into a branch, unless that would nest too deep."""
        if self.open.height >= MAX_NESTING:
            self.closed.append(self.open)
            self.open = _Segment()
        taken, self.open = self.open, _Segment(jumps=self.open.jumps, falls=self.open.falls)
        return taken


class _Structurer:
    """The pass over one function."""

    def __init__(self, always: Any = None) -> None:
        self.always = always
        self.mixed = False
        self.returned, self.result = _Flag("returned"), _Flag("result")
        self._names = [self.returned, self.result]
        # The flag for each type of jump; those of the innermost loop.
        self._flags: dict[type, _Flag] = {gast.Return: self.returned}
        self._flow = Flow()
        # Jumps that are taken because their flag is set, and the tests of that flag.
        self._flagged: set[Any] = set()

    def choose_names(self, taken: set[str]) -> None:
        """Give every flag in use its name, numbered in source order."""
        numbers = {flag.base: itertools.count(1) for flag in self._names}
        for flag in sorted((f for f in self._names if f.uses), key=lambda flag: flag.line):
            names = (flag.base + (str(n) if n > 1 else "") for n in numbers[flag.base])
            name = next(name for name in names if name not in taken)
            for use in flag.uses:
                use.id = name

    def block(self, statements: Statements, follow: _Segment | None = None) -> _Built:
        """The structured statements, continued by `follow`."""
        rest = _Rest(follow or _Segment())
        self._prepend(statements, rest)
        return self._finish(rest)

    def _prepend(self, statements: Statements, rest: _Rest) -> None:
        for statement in reversed(statements):
            exits = self._flow.of(statement)
            if not exits.falls:
                rest.open, rest.closed = _Segment(falls=False), []
            if isinstance(statement, LOOPS) and not self._flow.is_opaque(statement):
                self._attach_loop(statement, rest)
            elif isinstance(statement, gast.If) and exits.jumps and rest.open.statements:
                self._attach_if(statement, exits, rest)
            elif isinstance(statement, REGIONS) and exits.jumps:
                self._attach_region(statement, exits, rest)
            else:
                rest.open.push(*self._inside(statement))
            rest.open.jumps = {**rest.open.jumps, **exits.jumps}

    def _inside(self, statement: Any, *, body: Any = None, orelse: Any = None) -> _Built:
        """An `if` or `with` with its blocks structured, and continued by these segments."""
        if not isinstance(statement, (gast.If, *REGIONS)) or self._flow.is_opaque(statement):
            return statement, 0
        if isinstance(statement, gast.Try):
            return self._inside_try(statement)
        first, height = self.block(statement.body, body)
        if isinstance(statement, gast.With):
            return _with(statement, body=first), 1 + height
        second, beside = self.block(statement.orelse, orelse)
        return _with(statement, body=first, orelse=second), 1 + max(height, beside)

    def _inside_try(self, statement: Any) -> _Built:
        first, height = self.block(statement.body)
        last, beside = self.block(statement.finalbody)
        handlers, heights = [], [height, beside]
        for handler in statement.handlers:
            body, deep = self.block(handler.body)
            handlers.append(_with(handler, body=body))
            heights.append(deep)
        made = _with(statement, body=first, handlers=handlers, finalbody=last)
        return made, 1 + max(heights)

    def _attach_region(self, statement: Any, exits: Exits, rest: _Rest) -> None:
        """Put a `with` or a `try` with jumps in it before what follows."""
        inside, height = self._inside(statement)
        [inside] = self._map_tails([inside], self._record)
        self._dispatch(exits.jumps, rest)
        rest.open.push(inside, height)

    def _attach_if(self, statement: Any, exits: Exits, rest: _Rest) -> None:
        """Put an `if` with jumps in it before what follows."""
        if not self._flow.block(statement.body).falls:
            inside, height = self._inside(statement, orelse=rest.take())
        elif not self._flow.block(statement.orelse).falls:
            inside, height = self._inside(statement, body=rest.take())
        else:
            inside, height = self._inside(statement)
            [inside] = self._map_tails([inside], self._record)
            self._dispatch(exits.jumps, rest)
        rest.open.push(inside, height)

    def _attach_loop(self, loop: Any, rest: _Rest) -> None:
        """Put a loop, and then its `else` as a statement of its own, before what follows."""
        exits = self._flow.block(loop.body)
        guarded = bool(loop.orelse) and gast.Break in exits.jumps and not is_endless(loop)
        by_return = is_endless(loop) and gast.Break not in exits.made_opaque().opaque
        stopped, skipped = _Flag("stopped", loop.lineno), _Flag("skipped", loop.lineno)
        self._names += [stopped, skipped]
        outer, self._flags = (
            self._flags,
            {**self._flags, gast.Break: stopped, gast.Continue: skipped},
        )
        body, height = self._loop_body(loop, guarded, by_return)
        self._flags = outer
        if guarded:
            self._prepend([_unless(stopped.use(loop.orelse[0]), loop.orelse)], rest)
        elif not is_endless(loop):
            self._prepend(loop.orelse, rest)
        at = exits.jumps.get(gast.Return)
        if at and by_return:
            rest.open.push(_at(at, gast.Return(self._result(at))), 0)
        elif at:
            self._dispatch({gast.Return: at}, rest)
        rest.open.push(_with(loop, body=body, orelse=[]), 1 + height)
        if guarded:
            rest.open.push(stopped.set(False, loop), 0)

    def _loop_body(self, loop: Any, guarded: bool, by_return: bool) -> _Built:
        """The body; `break` and `return` set their flags only if these are tested afterwards."""

        def replace(jump: Any) -> Statements:
            if isinstance(jump, gast.Continue):
                return []
            if isinstance(jump, gast.Break):
                return [*self._record(jump, guarded), jump]
            return [*self._record(jump, not by_return), _at(jump, gast.Break())]

        # A `continue` that ends the body says nothing, and would make flags of what is before it.
        empty = isinstance(loop.body[-1], gast.Continue)
        body, height = self.block(loop.body[:-1] if empty else loop.body)
        body = self._map_tails(body, replace) or [_at(loop.body[0], gast.Pass())]
        for kind in (gast.Continue,) if guarded else (gast.Break, gast.Continue):
            _initialise(body, self._flags[kind])
        return body, height

    def _finish(self, rest: _Rest) -> _Built:
        """The statements of a block in order."""
        if not rest.closed:
            return rest.open.statements[::-1], rest.open.height
        block: Statements = []
        jumps: dict[type, Any] = {}
        for segment in (rest.open, *reversed(rest.closed)):
            flagged = self._map_tails(segment.statements[::-1], self._record)
            # A segment of nothing but tests of flags is gone now.
            if jumps and flagged:
                flagged = [_unless(self._any_flag(jumps, flagged[0]), flagged)]
            block += flagged
            jumps = {**segment.jumps, **jumps}
        height = 1 + max(segment.height for segment in (rest.open, *rest.closed))
        # If the block does not fall through, one of the flags is set: the last needs no test.
        last = [] if rest.closed[0].falls else [kind for kind in JUMPS if kind in jumps][-1:]
        tail = [self._leave(kind, jumps.pop(kind)) for kind in last]
        return block + self._guards(jumps, tail), height

    def _any_flag(self, jumps: dict[type, Any], at: Any) -> Any:
        flags = [self._flags[kind].use(at) for kind in JUMPS if kind in jumps]
        return flags[0] if len(flags) == 1 else _at(at, gast.BoolOp(gast.Or(), flags))

    def _dispatch(self, jumps: dict[type, Any], rest: _Rest) -> None:
        """Put tests of the flags of these jumps before what follows."""
        follow = rest.take()
        [guard] = self._guards(jumps, follow.statements[::-1])
        rest.open.push(guard, len(jumps) + follow.height)

    def _guards(self, jumps: dict[type, Any], block: Statements) -> Statements:
        """`if flag: jump`, each in the `else` of another, and the block in the last one's."""
        for kind in reversed([kind for kind in JUMPS if kind in jumps]):
            test = self._flags[kind].use(jumps[kind])
            self._flagged.add(test)
            guard = gast.If(test, [self._leave(kind, jumps[kind])], block)
            block = [_at(jumps[kind], guard)]
        return block

    def _leave(self, kind: type, at: Any) -> Any:
        """A jump that is taken because its flag is set."""
        jump = _at(at, gast.Return(self._result(at)) if kind is gast.Return else kind())
        self._flagged.add(jump)
        return jump

    def _result(self, at: Any) -> Any:
        """What a `return` that has been recorded returns."""
        return self.result.use(at) if self.always is None else copy.deepcopy(self.always)

    def _record(self, jump: Any, with_flag: bool = True) -> Statements:
        """The assignments of result and flag that stand for a jump until it is taken."""
        if jump in self._flagged:
            return []
        is_return = isinstance(jump, gast.Return)
        has_result = is_return and self.always is None and jump.value not in self.result.uses
        if is_return and self.always is not None:
            self.mixed |= jump.value is None or gast.dump(jump.value) != gast.dump(self.always)
        kept = [self.result.set(jump.value, jump)] if has_result else []
        return kept + ([self._flags[type(jump)].set(True, jump)] if with_flag else [])

    def _map_tails(self, block: Statements, replace: Callable[[Any], Statements]) -> Statements:
        """The block with the jumps in its tail positions replaced."""
        last = block[-1] if block else None
        if isinstance(last, JUMPS):
            return block[:-1] + replace(last)
        if isinstance(last, REGIONS) and not self._flow.is_opaque(last):
            return [*block[:-1], self._map_region(last, replace)]
        if not isinstance(last, gast.If):
            return block
        body, orelse = (self._map_tails(part, replace) for part in (last.body, last.orelse))
        if not body and last.test in self._flagged:
            return block[:-1] + ([_unless(last.test, orelse)] if orelse else [])
        body = body or [_at(last.body[-1], gast.Pass())]
        return [*block[:-1], _with(last, body=body, orelse=orelse)]

    def _map_region(self, node: Any, replace: Callable[[Any], Statements]) -> Any:
        """A `with` or `try` with the jumps at the ends of its blocks replaced."""
        body = self._map_tails(node.body, replace) or [_at(node.body[-1], gast.Pass())]
        if isinstance(node, gast.With):
            return _with(node, body=body)
        handlers = [
            _with(h, body=self._map_tails(h.body, replace) or [_at(h.body[-1], gast.Pass())])
            for h in node.handlers
        ]
        return _with(node, body=body, handlers=handlers)


def _initialise(block: Statements, flag: _Flag) -> None:
    """Set the flag to False before the first statement of the block that has it."""
    index = next((i for i, statement in enumerate(block) if flag.is_in(statement)), None)
    if index is None:
        return
    first = block[index]
    if index == len(block) - 1 and isinstance(first, gast.If) and not flag.is_in(first.test):
        # Only the branches of a last `if` that use the flag set it.
        _initialise(first.body, flag)
        _initialise(first.orelse, flag)
    else:
        block.insert(index, flag.set(False, first))


def _close(block: Statements, at: Any, flow: Flow) -> Statements:
    """The block with `return None` where its end can be reached."""
    if not flow.block(block).falls:
        return block
    last = block[-1] if block else at
    if block and isinstance(last, gast.If) and gast.Return in flow.of(last).jumps:
        body, orelse = (_close(branch, last, flow) for branch in (last.body, last.orelse))
        return [*block[:-1], _with(last, body=body, orelse=orelse)]
    end = _at(last, gast.Return(_at(last, gast.Constant(None, None))))
    end.implicit = True
    return [*block, end]


def _used_names(function: Any) -> set[str]:
    """Every string in the tree that may be a name: not attributes, keywords and constants."""
    nodes = (node for node in gast.walk(function) if not isinstance(node, _NAMELESS))
    values = [value for node in nodes for _, value in gast.iter_fields(node)]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return {item for item in items if isinstance(item, str)}


def _at(origin: Any, node: Any) -> Any:
    return gast.copy_location(node, origin)


def _unless(test: Any, body: Statements) -> Any:
    return _at(test, gast.If(_at(test, gast.UnaryOp(gast.Not(), test)), body, []))


def _with(node: Any, **fields: Statements) -> Any:
    """The node with other fields: itself if they hold the same nodes, else a copy."""
    if all([*map(id, getattr(node, name))] == [*map(id, fields[name])] for name in fields):
        return node
    changed = copy.copy(node)
    vars(changed).update(fields)
    return changed

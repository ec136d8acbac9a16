"""Calls of functions that take functions or sequences: `map`, `sorted`, `itertools` and such.

Where every sequence is known element by element, the library's own function arranges the elements.
Everywhere else the function's twin in `prelude`, which is plain Python, is inlined in its place.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from typing import Any

from srcgrad.analysis.custom import RuleCaller
from srcgrad.analysis.folding import folded_call
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.memory import Cell, Lost, State
from srcgrad.analysis.sequence_functions import CALLING, LIBRARY, Library
from srcgrad.analysis.values import Once, Pack, Partial, Value, deferred, kind_of_value
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Const, Var
from srcgrad.kinds import Dict, List, NotStaticError, Num, Str
from srcgrad.prelude import choices, sequences

Arguments = tuple[list[Value], dict[str, Value]]


class View(Once):
    """The class of packs that stand for views of a dict, which show it as it is by then."""


class LibraryCaller(RuleCaller):
    """The part of the specialiser that calls such functions."""

    def _library(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
        """What a call gives; None if it is of no such function."""
        entry = LIBRARY.get(function) if _is_hashable(function) else None
        if entry is None:
            split = len(args) - len(keywords)
            return folded_call(
                function, args[:split], dict(zip(keywords, args[split:], strict=True))
            )
        if "repeat" in keywords and not isinstance(args[-1], Const):
            return None  # how many values go together is known only in a run
        if entry.lazy:
            return Pack(deferred(function, keywords), tuple(args))
        return self._at_once(function, args, keywords)

    def _at_once(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """What a call gives when its elements are asked for."""
        entry = LIBRARY[function]
        refuse_same(args)
        early = function in (any, all, zip) and len(args) > 0
        early = early and (function is not zip or len(args) > 1)
        given = [self.consumed(a, early) for a in args]
        plain = given[: len(args) - len(keywords)]
        named = dict(zip(keywords, given[len(plain) :], strict=True))
        if function is itertools.product and isinstance(named.get("repeat"), Const):
            plain *= self._static(named.pop("repeat"))
        result = self._arranged(entry, plain, named)
        if result is None:
            if entry.twin is None:
                raise _unknown_lengths(function)
            result = self.twin(entry.twin, plain, named)
        return result

    def twin(
        self, function: Any, args: list[Value], named: dict[str, Value] | None = None
    ) -> Value:
        """What a function of the prelude gives; what it does has the place of the call."""
        named = named or {}
        place, self.place = self.place, self.place or self.builder.origin
        try:
            return self._call_function(function, [*args, *named.values()], tuple(named))
        finally:
            self.place = place

    def numbers(self, bounds: list[Value]) -> Value:
        """The list of the numbers of a range."""
        start, stop = bounds[:2] if len(bounds) > 1 else (Const(0), bounds[0])
        return self.twin(sequences.range_, [start, stop, *(bounds[2:] or [Const(1)])])

    def _arranged(self, entry: Library, args: list[Value], named: dict[str, Value]) -> Value | None:
        """A list of what the library's own function arranges."""
        if entry.arrange is None:
            return None
        parts = [self._known(a) for a in args]
        if entry.twin is None or self.unrolled or any(map(_is_of_names, args)):
            parts = [self._listed(a) if p is None else p for p, a in zip(parts, args, strict=True)]
        if any(p is None for p in parts):
            return None
        try:
            options = {n: self._static(v) for n, v in named.items()}
            found = entry.arrange(*parts, **options)
            return Pack(list, tuple(map(_packed, found)))
        except NotStaticError:
            return None
        except TypeError as error:
            raise bad_call(getattr(entry.arrange, "__name__", "this"), str(error)) from None

    def _listed(self, value: Value) -> list[Value] | None:
        """A sequence as a list of its elements, if need be with a guard on its length."""
        pack = self.as_pack(value)
        return None if pack is None else list(pack.values)

    def _known(self, value: Value) -> Any:
        """A sequence as a list of its elements, a number as it is; None for what only a run knows.

        Of an array the length is not asked for: a loop over it is shorter.
        """
        if isinstance(value, Pack):
            pack = self.as_pack(value)
            assert pack is not None
            return [Const(k) for k in pack.keys] if pack.keys is not None else list(pack.values)
        if isinstance(value, Const):
            text = isinstance(value.value, str)
            return list(map(Const, value.value)) if text else value.value
        return None

    def _static(self, value: Value) -> Any:
        if isinstance(value, Const):
            return value.value
        raise NotStaticError(kind_of_value(value))

    # iterators

    def consumed(self, value: Value, early: bool = False) -> Value:
        """The sequence that an iterator walks through, which it has walked through then.

        With `early` not all of it may be: what is left is not known, so that it is lost.
        """
        if not (isinstance(value, Pack) and issubclass(value.cls, Once)):
            return value
        now = self.memory.fresh(value)
        assert isinstance(now, Pack)
        found = self._forced(now, early)
        if value.cell is not None and not issubclass(value.cls, View):
            spent = Pack(deferred(iter, ()), (Pack(list, ()),), None, value.cell)
            self.memory.put(value.cell, spent)
            if early:
                self.memory.state[value.cell] = Lost()
        return found

    def _forced(self, iterator: Pack, early: bool = False) -> Value:
        """The sequence behind an iterator; a call that was put off runs now."""
        if issubclass(iterator.cls, View):
            return self.shown(iterator.values[0], iterator.cls.method)  # type: ignore[attr-defined]
        function, keywords, skipped = iterator.cls.call  # type: ignore[attr-defined]
        if function is iter:
            found = self.consumed(iterator.values[0])
        else:
            found = self._computed(function, iterator, keywords, early)
        if not skipped:
            return found
        pack = self.as_pack(found)
        if pack is None:
            raise NotKnownError(
                "what is left of an iterator of which only a run knows how long it is",
                fix="use slices, such as x[1:]",
            )
        return Pack(list, pack.values[skipped:])

    def _computed(
        self, function: Any, iterator: Pack, keywords: tuple[str, ...], early: bool
    ) -> Value:
        """The elements of an iterator that have been put off."""
        mark, before = self.memory.mark(), dict(self.memory.state)
        with self.memory.reading() as read:
            found = self._at_once(function, list(iterator.values), keywords)
        self.computed |= read if function in CALLING else self._tops(iterator.values)
        if early and self._stored(before, mark):
            raise with_effects(getattr(function, "__name__", "an iterator"))
        return found

    def _tops(self, sequences: Iterable[Value]) -> set[Cell]:
        """The memory of sequences, without that of what is in them."""
        places = [self.memory.reference(s) for s in sequences]
        return {p.cell for p in places if p is not None}

    def _stored(self, before: State, mark: int) -> set[Cell]:
        """The memory from before a mark that holds something else than it did."""
        state = self.memory.state
        return {c for c, v in state.items() if c.serial < mark and before.get(c) is not v}

    def shown(self, owner: Value, method: str) -> Value:
        """What a view of a dict shows now."""
        raise NotImplementedError

    def next_of(self, value: Value, default: tuple[Value, ...]) -> Value:
        """next(iterator), or next(iterator, default)"""
        now = self.memory.fresh(value)
        lazy = isinstance(now, Pack) and issubclass(now.cls, Once) and now.cell is not None
        inside = self.as_pack(self._forced(now, True)) if lazy and isinstance(now, Pack) else None
        if inside is None or not isinstance(now, Pack):
            raise NotKnownError(
                "next() of an iterator whose elements are not known one by one",
                why="how many there are is known only when running",
                fix="loop over it, or use an index",
            )
        if not inside.values:
            if default:
                return default[0]
            raise bad_call("next", "raises StopIteration: nothing is left")
        function, keywords, skipped = now.cls.call  # type: ignore[attr-defined]
        rest = Pack(deferred(function, keywords, skipped + 1), now.values, None, now.cell)
        self.memory.put(now.cell, rest)
        return inside.values[0]

    # functions

    def _partial(self, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """functools.partial(function, ...)"""
        split = len(args) - len(keywords)
        named = tuple(zip(keywords, args[split:], strict=True))
        return Partial(args[0], tuple(args[1:split]), named)

    def _call_partial(
        self, partial: Partial, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        split = len(args) - len(keywords)
        named = dict(partial.named) | dict(zip(keywords, args[split:], strict=True))
        given = [self.memory.fresh(v) for v in (*partial.args, *args[:split], *named.values())]
        return self.call(partial.function, given, tuple(named))

    def _outside_partial(self, made: functools.partial[Any]) -> Partial:
        """A partial that was made outside, whose arguments are data like any other."""
        args = tuple(
            self.external(f"argument_{i}", made, f"{{}}.args[{i}]", v)
            for i, v in enumerate(made.args)
        )
        named = tuple(
            (n, self.external(n, made, f"{{}}.keywords[{n!r}]", v))
            for n, v in made.keywords.items()
        )
        return Partial(Const(made.func), args, named)

    # choices

    def _sorted(self, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """sorted(values, key=None, reverse=False): at once if the keys are known."""
        named = dict(zip(keywords, args[1:], strict=True))
        args = [self._keys_of_dict(self._walked(args[0]))]
        values, reverse = self.consumed(args[0]), named.get("reverse", Const(False))
        key = named.get("key", Const(None))
        known = self._known(values) if isinstance(values, Pack) else None
        keys: Any = None
        if known is not None:
            plain = isinstance(key, Const) and key.value is None
            keys = known if plain else [self.call(key, [v], ()) for v in known]
        if known is not None and isinstance(reverse, Const):
            by = [k.value for k in keys if isinstance(k, Const)]
            if len(by) == len(keys):
                order = sorted(range(len(by)), key=by.__getitem__, reverse=bool(reverse.value))
                return Pack(list, tuple(known[i] for i in order))
        if known is not None:
            values = Pack(list, tuple(known))
            keys = self.twin(choices.keys_of, [Pack(list, tuple(keys)), Const(None)])
        else:
            keys = self.twin(choices.keys_of, [values, key])
        kind = kind_of_value(keys)
        if not isinstance(kind, Num) or kind.dims is None or len(kind.dims) != 1:
            raise UnsupportedError(
                "sorting by what is not a number",
                why="which of two goes first must be known from one comparison of numbers",
                fix="pass key= with a function that gives a number",
            )
        return self.twin(choices.in_order, [values, keys, reverse])

    def _keys_of_dict(self, value: Value) -> Value:
        """What a loop over a dict walks through, of one from outside; other values as they are."""
        kind = kind_of_value(value)
        if isinstance(kind, Dict) and not isinstance(value, Pack):
            return Pack(list, tuple(map(Const, kind.keys)))
        return value

    def _extreme(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
        """min and max with a key or a default; None without."""
        split = len(args) - len(keywords)
        named = dict(zip(keywords, args[split:], strict=True))
        values = self.consumed(args[0]) if split == 1 else Pack(list, tuple(args[:split]))
        if "key" in named:
            by_key = choices.least if function is min else choices.greatest
            return self.twin(by_key, [values, named["key"]])
        if "default" not in named:
            kind = kind_of_value(values)
            if split == 1 and isinstance(kind, List) and isinstance(values, Var):
                return self.twin(choices.lowest if function is min else choices.highest, [values])
            if split == 1 and values is not args[0]:
                return self._call_static(function, [values], ())
            return None
        known = self._known(values) if isinstance(values, Pack) else None
        if known is not None:
            return self._call_static(function, [values], ()) if known else named["default"]
        twin = choices.least_or if function is min else choices.greatest_or
        return self.twin(twin, [values, named["default"]])


@functools.cache
def view_by(name: str) -> type:
    """The class of views that a method of dicts gives."""
    return type("view", (View,), {"method": name})


def with_effects(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name}() that is not walked to its end",
        why="its function stores something, and how often it runs depends on who walks",
        fix="write the loop out",
    )


def refuse_same(args: list[Value]) -> None:
    """Refuse one iterator in two places, which would take turns."""
    cells = [a.cell for a in args if isinstance(a, Pack) and issubclass(a.cls, Once)]
    if len(set(cells)) < len(cells):
        raise UnsupportedError(
            "an iterator that is walked through in two places at once",
            why="both take turns",
            fix="use slices, such as x[::2] and x[1::2]",
        )


def _is_of_names(value: Value) -> bool:
    """Whether a value is a list of strings, which are looked at one by one."""
    kind = kind_of_value(value)
    return isinstance(kind, List) and kind.elements is not None and isinstance(kind.element, Str)


def _is_hashable(function: Any) -> bool:
    return getattr(type(function), "__hash__", None) is not None


def _packed(value: Any) -> Value:
    """An element that was arranged: tuples of values are packs."""
    if isinstance(value, tuple | list):
        return Pack(tuple, tuple(map(_packed, value)))
    return value if isinstance(value, Value) else Const(value)


def _unknown_lengths(function: Any) -> NotKnownError:
    name = getattr(function, "__qualname__", "this function")
    return NotKnownError(
        f"{name}() of sequences whose lengths are not known",
        why="which elements meet is known only when running",
        fix="write the loops out",
    )

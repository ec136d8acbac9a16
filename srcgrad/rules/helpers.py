"""The helpers of generated code as primitives, so that what they return has a kind."""

from __future__ import annotations

from dataclasses import replace

from srcgrad.kinds import UNKNOWN, Kind, Num, Questions
from srcgrad.rules.table import constant
from srcgrad.runtime import owned, unbroadcast


def _unbroadcast_kind(q: Questions, x_bar: Kind, x: Kind, y: Kind) -> Kind:
    if isinstance(x_bar, Num) and isinstance(x, Num) and x.dims is not None:
        return Num(x_bar.dtype, x.dims)
    return UNKNOWN


def _owned_kind(q: Questions, x: Kind) -> Kind:
    return replace(x, value=None) if isinstance(x, Num) else x


# unbroadcast may hand back its argument, or a read-only view of it
constant(unbroadcast, lambda x_bar, x, y=None: None, kind=_unbroadcast_kind, memory="alias")
constant(owned, lambda x: None, kind=_owned_kind)

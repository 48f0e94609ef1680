"""Records: mutable bundles of fields that are part of the state.

A `Process` is a record per process, whose fields are volatile unless they are annotated ``Durable[...]``. A `Part` is a
record with actions and properties of its own, which the spec that holds it inherits: networks, faults, history
monitors. Annotate ``Fixed[...]`` what never changes.
"""

from __future__ import annotations

import copy
import inspect
import typing
from collections import deque
from typing import Annotated, Any, ClassVar, TypeVar, cast, dataclass_transform

import attrs

from modelcheck.errors import SpecError
from modelcheck.spec.choice import require

T = TypeVar("T")
_DECLARED: Any = type(attrs.field())
_DURABLE = "durable"
_FIXED = "fixed"

Durable = Annotated[T, _DURABLE]
Fixed = Annotated[T, _FIXED]

AT_BOOT = "_at_boot"
"""Where a live process keeps what its dicts with fixed keys held in ``init``: their keys cannot be told from the class."""

_MUTABLE = (set, dict, list, deque, bytearray)


def is_record(live: Any) -> bool:
    """Whether an object is a bundle of fields that may change."""
    cls = type(live)
    parameters = getattr(cls, "__dataclass_params__", None)
    if parameters is not None:
        return not parameters.frozen
    return attrs.has(cls) and cls.__setattr__.__name__ != "_frozen_setattrs"


def is_mutable(value: Any) -> bool:
    """Whether a default is, or holds, a container or a record, which one record would share with the next."""
    if isinstance(value, (tuple, frozenset)):
        return any(map(is_mutable, value))
    return isinstance(value, _MUTABLE) or is_record(value)


def shared_default(cls: type) -> str | None:
    """A field of an attrs class or dataclass whose default is one object for all instances, and may change."""
    if attrs.has(cls):
        defaults = {field.name: field.default for field in attrs.fields(cls)}
    else:
        defaults = {name: field.default for name, field in cls.__dataclass_fields__.items()}  # type: ignore[attr-defined]
    return next((name for name, default in defaults.items() if is_mutable(default)), None)


def _copier(default: Any) -> Any:
    return attrs.Factory(lambda: copy.deepcopy(default))


@dataclass_transform(kw_only_default=True)
class Record:
    """A mutable record; subclasses list their fields as annotated attributes with defaults.

    A mutable default (``set()``, ``{}``, another record) is copied for each record.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__attrs_attrs__" in cls.__dict__ or cls.__dict__.get("_tracked"):
            return
        for name in inspect.get_annotations(cls):
            default = cls.__dict__.get(name)
            if isinstance(default, _DECLARED):
                if is_mutable(default._default):
                    default._default = _copier(default._default)
            elif is_mutable(default):
                setattr(cls, name, attrs.field(default=_copier(default)))
        attrs.define(cls, slots=False, kw_only=True, eq=False, repr=True)

    @classmethod
    def _fields_marked(cls, mark: str) -> frozenset[str]:
        hints = typing.get_type_hints(cls, include_extras=True)
        return frozenset(name for name, hint in hints.items() if mark in getattr(hint, "__metadata__", ()))


class Process(Record):
    """A process that can crash: its volatile fields are lost, those annotated ``Durable[...]`` stay.

    A field that is lost goes back to its default; one that is a dict with fixed keys, to the values that ``init`` gave it.

    Attributes:
        up: Whether the process is running. Let actions of a process begin with ``require(process.up)``.
    """

    up: bool = True

    def crash(self) -> None:
        """Stop, and lose all volatile fields; enabled if the process is up."""
        require(self.up)
        durable = durable_fields(type(self)) | fixed_fields(type(self))
        tables: dict[str, dict[Any, Any]] = self.__dict__.get(AT_BOOT, {})
        for field in attrs.fields(cast("Any", type(self))):
            if field.name in durable or field.name == "up":
                continue
            if field.name in tables:
                getattr(self, field.name).update(copy.deepcopy(tables[field.name]))
            else:
                setattr(self, field.name, _default(field, self))
        self.up = False

    def restart(self) -> None:
        """Run again, from the durable fields; enabled if the process is down."""
        require(not self.up)
        self.up = True


def _default(field: attrs.Attribute[Any], process: Process) -> Any:
    default: Any = field.default
    if default is attrs.NOTHING:
        raise SpecError(
            f"a crash loses the field {field.name!r}, which has no default to go back to",
            remedy="Give it a default, or annotate it Durable[...].",
        )
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return default
    return default.factory(process) if default.takes_self else default.factory()


class Part(Record):
    """A ready-made piece of a spec, assigned to an attribute in ``init``; its actions and properties become the spec's.

    Attributes:
        FAULTS: Actions that are failures: they may happen, and cannot be said to have to.
        ELSEWHERE: Fields whose records the part acts on and does not own: each must be in the state beside the part too.
    """

    FAULTS: ClassVar[frozenset[str]] = frozenset()
    ELSEWHERE: ClassVar[frozenset[str]] = frozenset()

    def unused(self) -> frozenset[str]:
        """The names of actions that this part's settings rule out from the start, and of fields that keep their value.

        The spec does not have these actions, and the fields are no part of its state; an action that changes one is refused.
        """
        return frozenset()


def durable_fields(cls: type) -> frozenset[str]:
    """The fields of a process class that stay in a crash."""
    return cls._fields_marked(_DURABLE) if issubclass(cls, Record) else frozenset()


def fixed_fields(cls: type) -> frozenset[str]:
    """The fields of a record class that never change and so are no part of the state."""
    return cls._fields_marked(_FIXED) if issubclass(cls, Record) else frozenset()

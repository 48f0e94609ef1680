"""Instances: an action or property with the values of its arguments, told apart by small numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec import Declaration
from modelcheck.spec.choice import Disabled, choosing
from modelcheck.spec.run import next_script
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.session import Event, Session, TreeChooser
from modelcheck.values import identity


class Labels:
    """Numbers for the instances of actions, in the order in which they are met.

    Two runs have the same number if they are of the same action with the same arguments, whatever they choose inside and by
    whichever choices they came to these arguments.

    Attributes:
        instances: The action's name and the arguments, by number.
    """

    def __init__(self) -> None:
        self.instances: list[tuple[str, Mapping[str, Any]]] = []
        self._number: dict[Any, int] = {}

    def of(self, action: str, arguments: Mapping[str, Any]) -> int:
        """The number of an instance."""
        key = (action, tuple(map(identity, arguments.values())))
        if key not in self._number:
            self._number[key] = len(self.instances)
            self.instances.append((action, dict(arguments)))
        return self._number[key]


def all_arguments(declared: Declaration, session: Session, live: Any, state: Mapping[int, int]) -> list[dict[str, Any]]:
    """The combinations of arguments of a property that is asked of whole runs, and so of the same arguments in all states.

    Args:
        declared: The property.
        session: Records what is read.
        live: The live state that reads from it.
        state: The initial state, by the ids of its cells.

    Raises:
        SpecError: if they depend on the state.
    """
    found: list[dict[str, Any]] = []
    script: list[int] | None = []
    while script is not None:
        events: list[Event] = []
        session.begin(state, events, lambda _: 0)
        chooser = TreeChooser(session, script)
        with choosing(chooser):
            arguments = _chosen(declared, live)
        if any(kind != kernel.CHOOSE for kind, *_ in events):
            raise SpecError(
                f"{declared.title} takes its arguments from the state, which is another one at each time of a run",
                place=declared.place,
                remedy="Take them from what never changes, such as range(self.n), and say in the property of which of them something is asked.",
            )
        if arguments is not None:
            found.append(arguments)
        script = next_script([(options, option) for _, _, options, option in events])
    return found


def _chosen(declared: Declaration, live: Any) -> dict[str, Any] | None:
    """The arguments that the script chooses; None where there are none to choose from."""
    try:
        return declared.choose_arguments(live)
    except Disabled:
        return None

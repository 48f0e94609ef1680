"""The native search for the behaviours that a log fits, on a space of cells and trees."""

from collections.abc import Sequence

from modelcheck.statespace.kernel._kernel import Space

# What a test of `Behaviours` is about:
OF_CELL: int  # its key is the id in the cell
OF_COLLECTION: int  # the content key
OF_STATE: int  # the fingerprint of the state

class Behaviours:
    """The states in which the behaviours end that fit what was observed of a run, observation by observation.

    A *pattern* says which ways to take an action fit what was seen of its arguments, a *test* which states fit what was
    seen of them. The caller answers for both, once for each path and for each content of what the test is about.
    Paths are numbered in the order in which they were added to the space, from 0.
    """

    def __init__(self, space: Space) -> None: ...
    def add_pattern(self) -> int: ...
    def set_match(self, pattern: int, path: int, aligned: bool, differing: int) -> None:
        """Say how the arguments of a path differ from a pattern.

        ``differing`` has bit i for argument i, bit 29 for all from there on; 0 fits. ``aligned`` says that the path
        made one choice per argument, in their order, before any other: elements that do not fit need no walk then.
        """
    def add_test(self, about: int, where: int) -> int: ...
    def set_answer(self, test: int, key: int, answer: bool) -> None: ...
    def clear(self) -> None:
        """Forget all states."""
    def add_initial(self, ids: dict[int, int], number: int) -> None: ...
    def begin(
        self, tree: int, pattern: int, tests: Sequence[int], properties: Sequence[int], most: int
    ) -> None:
        """Look for the states after a step of a tree that fits a pattern (-1: any), in which all tests are true.

        Without a tree (-1) no step is taken. At most ``most`` are kept; which ones depends on their fingerprints.
        """
    def begin_closure(self, trees: Sequence[int], most: int) -> None:
        """Add to the present states those that any number of steps of these trees lead to, until there are ``most``."""
    def run(self, batch: int) -> int:
        """Go on with what was begun, for at most ``batch`` of the present states: MORE, LEVEL_DONE when all is done, or MISS.

        After a MISS, ask `missing()`, supply it, call again.
        """
    def commit(self) -> bool:
        """Let the states that were found be the present ones; False and nothing done where there are none."""
    def __len__(self) -> int:
        """How many states are present."""
    @property
    def truncated(self) -> bool:
        """Whether there were more states than were to be kept."""
    @property
    def cut(self) -> bool:
        """Whether a bound cut a step that fits, since `clear`, so that there may be more behaviours than these."""
    @property
    def fine(self) -> bool:
        """Whether a step to one of the states found leaves all properties true, and the state itself does."""
    def state(self, index: int) -> dict[int, int]:
        """The ids of a present state that are not 0."""
    def way(self, index: int) -> list[int]:
        """How it was reached: the number of the initial state, and the number of the path of each step."""
    def missing(self, worker: int = 0) -> tuple[int, int, int, list[int]]:
        """As `Explorer.missing`; also ``(MISS_MATCH, pattern, 0, paths)`` and ``(MISS_TEST, test, key, [])``."""
    def missing_state(self, worker: int = 0, *, following: bool = False) -> dict[int, int]:
        """As `Explorer.missing_state`; for a test the state to be tested."""
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int:
        """As `Explorer.missing_content`."""

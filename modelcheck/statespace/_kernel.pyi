"""The native state space: cells, decision trees, the fingerprint table, the frontier and the exploring step.

A state is a vector of cells, each holding the small integer id of a Python value; the kernel never sees a value. Id 0
is the cell's default.
Cells added before `Space.seal` are *fixed*: every state stores them. Cells added later belong to a *collection* (the
elements of a set or bag, the
keys of a map that starts empty); a state stores only those of them whose id is not 0.

The fingerprint of a state is the sum modulo 2**64 of one well-mixed 64-bit number for each (cell, id) with id != 0.

The runs of a tree form a decision tree. Inner nodes, written as events ``(kind, where, detail, found)``:

=============  ====================  ===================  ==========================================================
kind           where                 detail               found
=============  ====================  ===================  ==========================================================
READ           cell                  projection, 0 none   the id in the cell (or what the projection gives for it)
READ_NEXT      cell                  projection, 0 none   the same in the successor (trees of role STEP only)
CHOOSE         0                     number of options    the option that this run took, 0 <= found < detail
EACH           collection            0                    the cell of the element that this run took (its id is not 0)
WHOLE          collection            filter, 0 none       the content key of the collection (`Explorer.missing_content`)
WHOLE_NEXT     collection            filter, 0 none       the same in the successor (trees of role STEP only)
=============  ====================  ===================  ==========================================================

Where a run found no element in an EACH or was given no option in a CHOOSE, that event is its last, with found = -1,
and the outcome is DISABLED: the node is made and the run adds no child to it. Projections and updates are numbered
from 1. A filter is a projection that gives 1 for the place of each element that passes, and 0 for the others; the
content key is then the sum over those that pass.

All options of a CHOOSE node and all present elements of an EACH node are taken. A leaf is an outcome: DISABLED,
EFFECT (with writes), TRUE, FALSE. A predicate with several leaves in one state holds when all are TRUE (roles
CONSTRAINT, INVARIANT, STEP, TERMINAL) or when one is (REACHABLE). DISABLED in a predicate's tree makes no leaf.

Writes ``(cell, update, argument)``: update 0 sets the cell to the id ``argument``; update u > 0 sets it to what table
u gives for the id now in it (argument is 0). Each cell is written at most once.
"""

from collections.abc import Sequence

READ: int
READ_NEXT: int
CHOOSE: int
EACH: int
WHOLE: int
WHOLE_NEXT: int

DISABLED: int
EFFECT: int
TRUE: int
FALSE: int

INIT: int  # role: expanded once, from the void state in which all cells are 0; its successors are the initial states
ACTION: int
CONSTRAINT: int  # a successor that does not satisfy it is dropped: not stored, not counted as generated, counted in `out_of_bounds`
INVARIANT: int
STEP: int
REACHABLE: int
TERMINAL: int  # evaluated on a state without an enabled action; TRUE in one of the TERMINAL trees makes the state a fine place to end

BREADTH: int  # mode: level by level
DEPTH: int  # mode: last in, first out
WALK: int  # mode: one random successor after another, from a random initial state again after a dead end or `walk_length` steps

# What `Explorer.run` returns:
MORE: int  # the batch is used up; call again
LEVEL_DONE: int  # nothing is left in this level (BREADTH) or at all (DEPTH); WALK returns it only where there is no initial state
MISS: int  # a path, projection or update is missing: ask `missing()`, supply it, call again
GROW: int  # the table must grow before more states fit: bring all workers to rest, call `grow()`, call again

# The kinds of miss:
MISS_PATH: int
MISS_PROJECTION: int
MISS_UPDATE: int
MISS_MATCH: int  # of `Behaviours` only, as the next
MISS_TEST: int

# What a test of `Behaviours` is about:
OF_CELL: int  # its key is the id in the cell
OF_COLLECTION: int  # the content key
OF_STATE: int  # the fingerprint of the state

class PathMismatchError(Exception):
    """A path contradicts the tree: at ``position`` the tree has another node. The action is not deterministic."""

    position: int
    expected: tuple[int, int, int]  # kind, where, detail of the node that is there; kind -1 for a leaf

class Space:
    """Cells and trees, shared by all workers of an exploration. Writers hold the GIL; readers take no lock."""

    def __init__(self, *, check_deadlock: bool = True) -> None: ...
    def add_collection(self) -> int: ...
    def add_cell(self, collection: int = -1) -> int: ...
    def seal(self) -> None: ...
    def add_tree(self, role: int) -> int: ...
    def add_path(
        self,
        tree: int,
        events: Sequence[tuple[int, int, int, int]],
        outcome: int,
        writes: Sequence[tuple[int, int, int]] = (),
    ) -> None: ...
    def add_projection(self) -> int: ...
    def set_projection(self, projection: int, value_id: int, result: int) -> None: ...
    def add_update(self) -> int: ...
    def set_update(self, update: int, old_id: int, new_id: int) -> None: ...
    def disable(self, tree: int) -> None:
        """Evaluate this predicate no more: its verdict is known."""
    @property
    def cells(self) -> int: ...
    @property
    def node_bytes(self) -> int:
        """Memory of nodes, leaves and tables."""

class Explorer:
    """One exploration: table, frontier, log and the position of each worker.

    Takes the trees that the space has now; trees added later are not part of it. Needs a sealed space; DEPTH mode has
    one worker. Breadth-first exploration begins
    with the void state as a level of its own, number 0: the first LEVEL_DONE comes after the initial states. A
    `walk_length` or `memory_limit_bytes` of 0 is none.
    """

    def __init__(
        self,
        space: Space,
        *,
        mode: int,
        workers: int = 1,
        seed: int = 0,
        walk_length: int = 0,
        memory_limit_bytes: int = 0,
        table_slots: int = 0,
    ) -> None: ...
    def run(self, worker: int, max_states: int) -> int:
        """Expand up to max_states states of the present level without the GIL. Thread-safe for distinct workers."""
    def next_level(self) -> bool:
        """With all workers at rest: make the next level the present one. False when it is empty."""
    def grow(self) -> bool:
        """With all workers at rest: enlarge the table.

        False when that would exceed the memory limit or the machine's memory.
        """
    def missing(self, worker: int) -> tuple[int, int, int, list[int]]:
        """What a MISS needs.

        ``(MISS_PATH, tree, 0, script)``, ``(MISS_PROJECTION, projection, id, [])`` or ``(MISS_UPDATE, update, id, [])``.
        ``script`` holds the choices on the way to the missing child, in order: the option of a CHOOSE node, the cell of
        an EACH node. Where the missing child is itself an option or element, it is the last entry; a run follows the
        script and then takes the first at each further choice.
        """
    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]:
        """The state that the missing run reads, as ``{cell: id}`` of all cells with id != 0.

        With ``following`` the successor of a STEP tree.
        """
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int:
        """The content key of a collection in that state: the sum of the mixed numbers of its present elements."""
    def findings(self) -> list[tuple[int, int, int, int]]:
        """First finding per tree, ``(tree, depth, parent, ordinal)``.

        An INVARIANT or STEP tree that came out FALSE, or a REACHABLE tree that came out TRUE, at the ``ordinal``-th
        successor of ``parent``; tree -1, ordinal -1 for a deadlock in the state ``parent`` itself. ``depth`` is the
        level of the state found, the initial level being 1 (in WALK and DEPTH modes the number of states on the path).
        """
    def path(self, parent: int, ordinal: int) -> list[tuple[int, list[int]]]:
        """The way to a finding from the void state.

        ``(tree, script)`` per step, the INIT tree's first. Needs all workers at rest and every path in the trees.
        """
    def stats(self) -> dict[str, int]:
        """The counters by name.

        ``states, generated, out_of_bounds, depth, frontier, table_slots, table_bytes, log_bytes, frontier_bytes,
        expanded, longest_probe``.
        """
    def action_counts(self) -> list[tuple[int, int, int]]:
        """For each ACTION tree ``(tree, enabled, new)``.

        Transitions generated, and those that led to a state not seen before.
        """
    def evaluations(self) -> list[tuple[int, int]]:
        """For each predicate tree ``(tree, evaluations on states that are not initial)``."""

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

def mix(cell: int, value_id: int) -> int:
    """The number that (cell, id) adds to a fingerprint; 0 for id 0."""

class FingerprintTable:
    """The table by itself, for tests and for the benchmark of the floor; it grows by as many threads as it is told."""

    def __init__(self, slots: int = 0, *, threads: int = 1) -> None: ...
    def add(self, fingerprint: int) -> bool: ...
    def __contains__(self, fingerprint: int) -> bool: ...
    def __len__(self) -> int: ...
    @property
    def slots(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    def probe_random(self, count: int, seed: int, *, prefetch: int = 32) -> float:
        """Seconds for ``count`` inserts of random fingerprints, prefetched ahead.

        The floor that an exploration can reach.
        """

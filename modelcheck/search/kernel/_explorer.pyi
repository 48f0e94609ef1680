"""The native search: the fingerprint table, the frontier, the log and the exploring step, on a space of cells and trees."""

from array import array
from collections.abc import Sequence

from modelcheck.liveness.kernel._liveness import Graph
from modelcheck.statespace.kernel._kernel import Space
from modelcheck.symmetry.kernel._symmetry import Orbits

BREADTH: int  # mode: level by level
DEPTH: int  # mode: last in, first out
WALK: int  # mode: one random successor after another, from a random initial state again after a dead end or `walk_length` steps

class Explorer:
    """One exploration: table, frontier, log and the position of each worker.

    Takes the trees that the space has now; trees added later are not part of it. Needs a sealed space; DEPTH mode has
    one worker. Breadth-first exploration begins
    with the void state as a level of its own, number 0: the first LEVEL_DONE comes after the initial states. A
    `walk_length` or `memory_limit_bytes` of 0 is none.

    With `records` the workers record the steps that they take, for `graph`, and evaluate the LIVENESS trees: goal and premise
    of the i-th of them are bits 2 i and 2 i + 1 of a row. With `skips_met` states in which all goals are true get no row.
    States are numbered; there are at most 2**32 - 2. Not in WALK mode.

    With `orbits` one state of each orbit is explored, the one that was met first, and the table holds the numbers of orbits. The counts
    are those of all states: what is met in a state counts as often as its orbit is large; `stats` says how many `orbits` there were. A
    state that is expanded is compared with itself renamed, which may lack a path that the state has; where they do not agree, `run`
    returns ASYMMETRIC. Not in WALK mode, nor with `records`.
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
        records: bool = False,
        skips_met: bool = False,
        orbits: Orbits | None = None,
    ) -> None: ...
    def run(self, worker: int, max_states: int) -> int:
        """Expand up to max_states states of the present level without the GIL. Thread-safe for distinct workers."""
    def next_level(self) -> bool:
        """With all workers at rest: make the next level the present one. False when it is empty."""
    def set_enough_initial(self) -> None:
        """Let random walks begin in the initial states that are known by now, as soon as there is one, and ask for no more."""
    def hold(self, held: bool) -> None:
        """Let workers end the few hundred states that they have of the level and then find it done, or go on.

        Meanwhile the table may be filled a little beyond its limit, and the limit of memory does not count. Thread-safe.
        """
    def save(self, fd: int) -> None:
        """Write the exploration to a file, with all workers at rest, each of which has found the level done.

        Trees, cells and ids are not in it. BREADTH mode only, not with `records`, and not where runs are not recorded.

        Raises:
            OSError: if that fails.
        """
    def restore(self, fd: int) -> None:
        """Read it back, before anything is explored, in a space with the trees, cells and ids that there were.

        It is of no use any more if this fails.

        Raises:
            RuntimeError: if the file is damaged, or of another exploration.
            MemoryError: if there is no room for it.
        """
    def waiting(self, most: int) -> list[tuple[int, int]]:
        """Some of the states of the level that were not taken, ``(parent, fingerprint)``: `path` gives the way to one with ordinal -1."""
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
    def missed_renamed(self, worker: int) -> bool:
        """Whether the last MISS was of a renamed state, which need not be reachable."""
    def asymmetry(self) -> tuple[int, int | None, list[int]] | None:
        """The tree (-1: that cannot be said) that tells names apart, in which state, and what the renaming made of each name.

        The state is None where it is the set of initial states. None if there is nothing to tell. With all workers at rest.
        """
    def uncountable(self) -> bool:
        """Whether orbits stand for more states or steps than can be counted: of each count a worker has 2**58 at most."""
    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]:
        """The state that the missing run reads, as ``{cell: id}`` of all cells with id != 0.

        With ``following`` the successor of a STEP tree.
        """
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int:
        """The content key of a collection in that state: the sum of the mixed numbers of its present elements."""
    def missed(self, worker: int) -> tuple[int, int]:
        """The parent and ordinal to give to `path`, for the state that a worker's last miss was about."""
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
    def action_counts(self) -> list[tuple[int, int, int, int]]:
        """For each ACTION tree ``(tree, enabled, new, dropped)``.

        Transitions generated, and those that led to a state not seen before; those that a constraint dropped, which are not among them.
        """
    def evaluations(self) -> list[tuple[int, int, bool]]:
        """For each predicate tree ``(tree, evaluations on states that are not initial, whether one was asked of some arguments)``."""
    def stuttering(self) -> int | None:
        """The parent to give to `path`, with ordinal -1, for a state that is no place to end and that every enabled step leads back to."""
    def graph(self) -> Graph:
        """The steps recorded so far. With all workers at rest; of no use any more when one of them goes on."""
    def keys(self, numbers: int) -> array[int]:
        """What tells the states with numbers below ``numbers`` apart, 64 bits for each, 0 where there is none."""
    def through(self, keys: Sequence[int], labels: Sequence[int | None]) -> list[tuple[int, list[int]]]:
        """A run through the states with these keys, as `path` gives it, by steps with these labels; any will do for None.

        The first state is an initial one.
        """

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

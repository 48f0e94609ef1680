"""The native state space: cells and decision trees.

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
CUT, EFFECT (with writes), TRUE, FALSE. A predicate with several leaves in one state holds when all are TRUE (roles
CONSTRAINT, INVARIANT, STEP, TERMINAL) or when one is (REACHABLE). DISABLED in a predicate's tree makes no leaf.

The ``label`` of an EFFECT or CUT of an action tells its instance: the action and the values of its arguments. Without
one it is the number of the path, in the order of their addition.

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
CUT: int  # of an action: it can be taken, and where it leads is out of bounds

INIT: int  # role: expanded once, from the void state in which all cells are 0; its successors are the initial states
ACTION: int
CONSTRAINT: int  # a successor that does not satisfy it is dropped: not stored, not counted as generated, counted in `out_of_bounds`
INVARIANT: int
STEP: int
REACHABLE: int
LIVENESS: int  # evaluated on a state when it is expanded; its leaf is an EFFECT without writes, labelled 1 for a true goal, plus 2 for a true premise
TERMINAL: int  # evaluated on a state without an enabled action; TRUE in one of the TERMINAL trees makes the state a fine place to end

# What `Explorer.run` returns:
MORE: int  # the batch is used up; call again
LEVEL_DONE: int  # nothing is left in this level (BREADTH) or at all (DEPTH); WALK returns it only where there is no initial state
MISS: int  # a path, projection or update is missing: ask `missing()`, supply it, call again
GROW: int  # the table must grow before more states fit: bring all workers to rest, call `grow()`, call again

ASYMMETRIC: int  # with orbits: a state and the same renamed do not agree, as `asymmetry()` says

# The kinds of miss:
MISS_PATH: int
MISS_PROJECTION: int
MISS_UPDATE: int
MISS_MATCH: int  # of `Behaviours` only, as the next
MISS_TEST: int
MISS_IMAGE: int  # with orbits: of a cell and an id, what renamings make of them

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
        label: int = -1,
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

def mix(cell: int, value_id: int) -> int:
    """The number that (cell, id) adds to a fingerprint; 0 for id 0."""

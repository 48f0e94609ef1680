"""The native orbits: what renamings make of the cells of a space, and the number of the orbit of a state.

Names are numbered from 0, block by block; the names of one block may trade places. A *renaming* is a permutation of the names, each within
its block.

Where all renamings are listed, the identity first, the number of an orbit is the least of the fingerprints that a state has under them.
Where none are, each (cell, id) mentions one name at most, and the number comes from the sorted signatures of the names: a *signature* is
the sum over the pairs that mention the name, each counted as if it mentioned the first name of the block.
"""

from collections.abc import Sequence

from modelcheck.statespace.kernel._kernel import Space

class Orbits:
    """What renamings make of the cells of a space.

    With `plain_defaults` no renaming makes anything else than id 0 of id 0 of a fixed cell. A state that is expanded is compared with itself renamed:
    by one renaming, which the number of its orbit and the seed choose, or with `exhaustive` by each. Of the states after the first `each` of a
    worker those are compared that are left by a path that was compared in few states, and some that the seed chooses.
    """

    def __init__(
        self,
        space: Space,
        *,
        blocks: Sequence[int],
        renamings: Sequence[Sequence[int]] = (),
        plain_defaults: bool = False,
        exhaustive: bool = False,
        each: int = 0,
        seed: int = 0,
    ) -> None: ...
    def set_row(self, cell: int, value_id: int, name: int, images: Sequence[tuple[int, int]]) -> None:
        """The pairs that (cell, id) becomes: one for each renaming, or for each name of the block of the name that it mentions.

        A pair that mentions none, name -1, becomes itself alone. Needed of each fixed cell and id 0 before the search begins; of an absent
        element never.
        """
    def set_families(self, families: Sequence[int]) -> None:
        """For each tree which action it belongs to, by a number."""
    @property
    def order(self) -> int:
        """How many renamings there are."""

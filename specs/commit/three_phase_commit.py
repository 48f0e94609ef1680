"""Three-phase commit: participants that can end a transaction without its coordinator, as long as the network is one.

Skeen, "Nonblocking Commit Protocols", 1981; Skeen, "A Quorum-Based Commit Protocol", 1982, section 3, on partitions.
No participant is uncertain while another has committed: between lies a phase in which all learn that all have voted
yes. So whoever is left can decide.

*Choices.* The network is synchronous, as the paper assumes: an exchange of a request and its answer is one step, and
it fails exactly if the other is down or cut off. Whoever fails to answer is taken to be down, which is true unless
there is a partition. The termination protocol is Skeen's: the first of those that are left becomes the backup
coordinator, moves all others to its own state, and then decides by it. Who has crashed stays down; what a site does
that comes back is left out.

*Bounds.* ``crashes`` and ``partitions`` are budgets. A partition heals at any time, or never.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Crashes, Durable, Network, Process, Spec, action, invariant, reachable, require, terminal

COORDINATOR = 0


class Phase(Enum):
    """How far a site is: q, w, p, c and a of the paper."""

    WORKING = "working"
    WAITING = "waiting"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


DECIDED = (Phase.COMMITTED, Phase.ABORTED)


class Site(Process):
    """The coordinator or a participant; ``heard`` are those that have answered in this phase."""

    phase: Durable[Phase] = Phase.WORKING
    heard: frozenset[int] = frozenset()


class ThreePhaseCommit(Spec):
    """The protocol, for a number of participants; site 0 is the coordinator."""

    participants: int = 3
    crashes: int = 2
    partitions: int = 0

    def init(self) -> None:
        """The coordinator asks for votes."""
        self.site = {s: Site() for s in self.sites()}
        self.site[COORDINATOR].phase = Phase.WAITING
        self.faults = Crashes(processes=self.site, crashes=self.crashes, restarts=False)
        self.links: Network[int] = Network(nodes=tuple(self.sites()), partitions=self.partitions)

    def sites(self) -> Iterable[int]:
        """The coordinator and the participants."""
        return range(self.participants + 1)

    def participating(self) -> Iterable[int]:
        """The participants."""
        return range(1, self.participants + 1)

    def others(self, s: int) -> Iterable[int]:
        """The participants but one."""
        return [p for p in range(1, self.participants + 1) if p != s]

    def reaches(self, s: int, other: int) -> bool:
        """Whether an exchange between two sites succeeds."""
        return self.site[other].up and self.links.connected(s, other)

    def reached(self, s: int) -> list[int]:
        """The participants that a site does not take to be down."""
        return [p for p in self.others(s) if self.reaches(s, p)]

    def coordinates(self, s: int) -> bool:
        """All sites before this one are taken to be down: it is the coordinator, or the backup."""
        return self.site[s].up and not any(self.reaches(s, earlier) for earlier in range(s))

    # The coordinator --------------------------------------------------------------------------------------------------

    @action(participating)
    def vote_yes(self, p: int) -> None:
        """Phase 1: a participant is asked, and is ready to commit."""
        self.ask(p, Phase.WORKING, Phase.WAITING)
        self.site[COORDINATOR].heard |= {p}

    @action(participating)
    def vote_no(self, p: int) -> None:
        """Phase 1: a participant is asked, and aborts."""
        self.ask(p, Phase.WORKING, Phase.ABORTED)

    def ask(self, p: int, before: Phase, after: Phase) -> None:
        """The coordinator, still waiting for votes, makes an exchange with p."""
        require(self.coordinates(COORDINATOR))
        require(self.site[COORDINATOR].phase is Phase.WAITING)
        require(self.reaches(COORDINATOR, p))
        require(self.site[p].phase is before)
        self.site[p].phase = after

    @action
    def prepare(self) -> None:
        """All have voted yes: the coordinator enters phase 2."""
        coordinator = self.site[COORDINATOR]
        require(coordinator.up)
        require(coordinator.phase is Phase.WAITING)
        require(coordinator.heard == frozenset(self.participating()))
        coordinator.phase = Phase.PREPARED
        coordinator.heard = frozenset()

    @action
    def give_up(self) -> None:
        """Somebody has voted no, or listens to a backup by now, or does not answer: the coordinator aborts."""
        coordinator = self.site[COORDINATOR]
        require(coordinator.up)
        require(coordinator.phase is Phase.WAITING)
        require(any(self.is_lost(p) for p in self.participating()))
        coordinator.phase = Phase.ABORTED

    def is_lost(self, p: int) -> bool:
        """Whether the coordinator will get no yes from p any more."""
        has_voted = p in self.site[COORDINATOR].heard
        return not self.reaches(COORDINATOR, p) or (not has_voted and self.site[p].phase is not Phase.WORKING)

    # The coordinator and its backups: phases 2 and 3, and the termination protocol --------------------------------------

    @action(sites, others)
    def move(self, s: int, p: int) -> None:
        """Whoever coordinates moves another site to its own state: prepares it, or takes it back to waiting."""
        require(self.coordinates(s))
        site, other = self.site[s], self.site[p]
        require(s != COORDINATOR or site.phase is Phase.PREPARED)
        require(site.phase not in DECIDED)
        require(other.phase not in DECIDED)
        require(self.reaches(s, p))
        require(p not in site.heard)
        other.phase = site.phase
        site.heard |= {p}

    @action(sites)
    def decide(self, s: int) -> None:
        """Whoever coordinates, and has moved all that it reaches, commits if it is prepared; a backup that is not aborts."""
        require(self.coordinates(s))
        site = self.site[s]
        require(site.phase not in DECIDED)
        require(s != COORDINATOR or site.phase is Phase.PREPARED)
        require(self.has_moved_all(s))
        site.phase = Phase.COMMITTED if site.phase is Phase.PREPARED else Phase.ABORTED

    def has_moved_all(self, s: int) -> bool:
        """All that it reaches are in its state, or have decided."""
        return all(p in self.site[s].heard or self.site[p].phase in DECIDED for p in self.reached(s))

    @action(sites, others)
    def tell(self, s: int, p: int) -> None:
        """Phase 3: whoever coordinates and has decided tells the others."""
        require(self.coordinates(s))
        require(self.site[s].phase in DECIDED)
        require(self.site[p].phase not in DECIDED)
        require(self.reaches(s, p))
        self.site[p].phase = self.site[s].phase

    @action(sites, others)
    def adopt(self, s: int, p: int) -> None:
        """A backup finds that another site has decided, and does the same."""
        require(self.coordinates(s))
        require(s != COORDINATOR)
        require(self.site[s].phase not in DECIDED)
        require(self.site[p].phase in DECIDED)
        require(self.reaches(s, p))
        self.site[s].phase = self.site[p].phase

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, s: int) -> Iterable[int]:
        """The sites before one, so that each pair is looked at once."""
        return range(s)

    @invariant(sites, before)
    def consistent(self, s: int, other: int) -> bool:
        """No two sites decide differently, those included that have crashed since."""
        return {self.site[s].phase, self.site[other].phase} != set(DECIDED)

    @reachable
    def all_commit(self) -> bool:
        """The transaction can be committed everywhere."""
        return all(site.phase is Phase.COMMITTED for site in self.site.values())

    @reachable
    def commits_without_coordinator(self) -> bool:
        """Those that are left can commit by themselves."""
        coordinator, *others = self.site.values()
        return (
            not coordinator.up
            and coordinator.phase is Phase.PREPARED
            and all(site.phase is Phase.COMMITTED for site in others)
        )

    @terminal
    def all_have_decided(self) -> bool:
        """Nothing blocks: where nothing can happen any more, everybody who is up has decided."""
        return all(site.phase in DECIDED for site in self.site.values() if site.up)

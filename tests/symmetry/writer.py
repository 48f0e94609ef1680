"""Random small specs with interchangeable names, as source: symmetric ones, and ones that tell names apart."""

from __future__ import annotations

import random

_HEAD = '''"""A random spec."""

from collections.abc import Iterable

from modelcheck import Interchangeable, Spec, action, bound, choose, constraint, invariant, reachable, require, step_property, terminal


class Server(Interchangeable):
    """A server."""


class Client(Interchangeable):
    """A client."""


class Random(Spec):
    """The spec."""

    servers: int = {servers}
    clients: int = {clients}

    def init(self) -> None:
        self.at = dict.fromkeys(self.members(), 0)
        self.leader: Server | None = {leader}
        self.seen: set[Server] = set()
        self.link: set[tuple[Server, Server]] = set()
        self.box: dict[Server, frozenset[Server]] = dict.fromkeys(self.members(), frozenset())
        self.owner: dict[Client, Server | None] = dict.fromkeys(self.users())
        self.queue: list[Server] = []
        self.count = 0

    def members(self) -> Iterable[Server]:
        return Server.several(self.servers)

    def users(self) -> Iterable[Client]:
        return Client.several(self.clients)
'''

_CONDITIONS = (
    "self.at[i] == {k}", "self.at[j] != {k}", "self.leader is None", "self.leader is i", "self.leader is not j",
    "i in self.seen", "j not in self.seen", "(i, j) in self.link", "(j, i) not in self.link", "i is not j", "i is j",
    "len(self.seen) < {k}", "any(self.at[x] == {k} for x in self.members())",
    "j in self.box[i]", "len(self.box[i]) <= {k}", "self.owner[c] is None", "self.owner[c] is i", "len(self.queue) < {k}", "self.count < 2",
    "self.queue[:1] == [i]", "all(owner is not j for owner in self.owner.values())", "len(self.link) < 3",
)  # fmt: skip
_EFFECTS = (
    "self.at[i] = {k}", "self.at[j] = min(self.at[j] + 1, 2)", "self.leader = i", "self.leader = None", "self.seen.add(j)",
    "self.seen.discard(i)",
    "self.link.add((i, j))", "self.link.discard((j, i))", "self.box[i] |= {{j}}", "self.box[j] = frozenset()",
    "self.owner[c] = i", "self.owner[c] = None",
    "self.queue = [*self.queue, j][:2]", "self.queue = self.queue[1:]", "self.count = (self.count + 1) % 3", "self.leader = choose(self.members())",
    "self.seen.add(choose([x for x in self.members() if self.at[x] == {k}]))", "bound(len(self.seen) < 2)", "self.seen = set(self.box[i])",
)  # fmt: skip
_APART = (
    "require(i is not Server.several(1)[0] or self.at[j] != {k})",
    "self.leader = next((x for x in self.members() if self.at[x] == {k}), None)",
    "self.seen.add(list(self.members())[{k} % self.servers])",
    "self.count = list(self.members()).index(i) % 3",
    "self.box[i] = frozenset(list(self.members())[:{k}])",
)


class Writer:
    """Writes one spec.

    Args:
        seed: Of what is in it.
        apart: Whether one action tells names apart.
    """

    def __init__(self, seed: int, *, apart: bool = False) -> None:
        self._random = random.Random(seed)
        self._apart = apart

    def text(self) -> str:
        """The module."""
        servers, clients = self._random.choice([(2, 1), (3, 1), (3, 2), (2, 2), (4, 1)])
        leader = self._random.choice(["None", "None", "None", "choose(self.members())"])
        actions = self._random.randint(2, 4)
        parts = [_HEAD.format(servers=servers, clients=clients, leader=leader), *(self._action(at, at == 0 and self._apart) for at in range(actions))]
        parts += [self._property(f"always_{at}", "@invariant") for at in range(2)]
        parts += [self._property(f"sometimes_{at}", "@reachable") for at in range(2)]
        parts.append(self._property("each_step", "@step_property", step=True))
        if self._random.random() < 0.4:
            parts.append(self._property("within", "@constraint", often=True))
        if self._random.random() < 0.5:
            parts.append(f"    @terminal\n    def may_end(self) -> bool:\n        return {self._over_all()}\n")
        return "\n".join(parts)

    def _fill(self, template: str) -> str:
        return template.format(k=self._random.randint(0, 2))

    def _conditions(self, most: int) -> list[str]:
        return [self._fill(each) for each in self._random.sample(_CONDITIONS, self._random.randint(0, most))]

    def _action(self, at: int, apart: bool) -> str:
        effects = [self._fill(each) for each in self._random.sample(_EFFECTS, self._random.randint(1, 3))]
        if apart:
            effects.insert(0, self._fill(self._random.choice(_APART)))
        lines = [f"require({each})" for each in self._conditions(2)] + effects
        body = "\n".join(f"        {line}" for line in lines)
        return f"    @action(members, members, users)\n    def act_{at}(self, i: Server, j: Server, c: Client) -> None:\n{body}\n"

    def _over_all(self) -> str:
        said = " and ".join(self._conditions(2)) or "True"
        return f"{self._random.choice(['any', 'all'])}({said} for i in self.members() for j in self.members() for c in self.users())"

    def _property(self, name: str, mark: str, *, step: bool = False, often: bool = False) -> str:
        after = ', after: "Random"' if step else ""
        said = self._over_all()
        if step:
            said = f"{said} or after.count == self.count or after.leader is None"
        if often:
            said = f"len(self.link) < 3 and (self.count < 2 or {said})"
        return f"    {mark}\n    def {name}(self{after}) -> bool:\n        return {said}\n"

"""Templates: numbers, conditions and changes for each kind of place.

The holes: ``p`` the place, ``q`` another of its kind, ``e`` and ``f`` elements, ``i`` a number, ``k`` a node, ``t`` a condition, ``set`` and ``list``
some elements. A line with ``->`` gives a local variable.
"""

from __future__ import annotations

FILLED = {
    "numbers": "self.numbers.add(p0)",
    "pairs": "self.pairs.add(p0)",
    "mail": "self.mail.add(p0)",
    "bag": "self.bag[p0] += 1",
    "full": "self.full[p0] = 1",
    "table": "self.table[p0] = self.n",
    "net": "self.net.send(p0)",
}
NUMBERS: dict[str, tuple[str, ...]] = {
    "set": ("len({p})",),
    "bag": ("{p}[{e}]", "len({p})", "{p}.total()", "{p}.get({e}, 2)"),
    "table": ("len({p})", "{p}.get({e}, 1)", "sum({p}.values())"),
    "map": ("sum({p}.values())", "max({p}.values())", "len({p})"),
    "deque": ("len({p})", "{p}.count({e})"),
    "list": ("len({p})", "{p}.count({e})"),
    "frozen": ("len({p})",),
    "sealed": ("len({p})", "sum(len(x) for x in {p})"),
}
CONDITIONS: dict[str, tuple[str, ...]] = {
    "scalar": ("{p} == {e}", "{p} == {q}", "{p} in {list}", "isinstance({p}, int)"),
    "set": (
        "{e} in {p}", "{p}", "{p} == {set}", "{p} <= {q}", "{p} >= {set}", "{set} < {p}", "{p}.isdisjoint({q})", "{p}.issuperset({list})",
        "sorted({p}, key=str)[:1] == {list}", "next((x for x in sorted({p}, key=str) if x != {e}), None) == {f}",
        "len({p}) > 1", "{p} == {q}", "{p} - {q}", "{set} & {p}", "isinstance({p}, set)", "max(map(str, {p}), default='') == str({e})",
    ),
    "bag": ("{e} in {p}", "{p}", "{p} == Counter({list})", "{p}[{e}] > 1", "sum({p}.values()) > 1", "{e} in {p}.keys()", "{p} == {q}"),
    "table": ("{e} in {p}", "{p}", "{p}.get({e}) == {i}", "({e}, {i}) in {p}.items()", "{p} == {{}}", "all(v > 0 for v in {p}.values())", "{e} not in {p}"),
    "map": ("{p} == {{0: {i}, 1: {i}}}", "any(v == {i} for v in {p}.values())", "{p}[{k}] == {i}", "{p}.get({i}) == 1", "{i} in {p}"),
    "deque": ("{p}", "{e} in {p}", "len({p}) == 1", "{p} and {p}[0] == {e}", "list({p}) == {list}", "{p} == deque({list})"),
    "list": ("{p}", "{e} in {p}", "len({p}) > 0", "{p} and {p}[-1] == {e}", "{p} == {list}", "{p}[:1] == {list}", "{p} < {q}", "{p} == {q}"),
    "frozen": ("{e} in {p}", "{p}", "{p} <= frozenset({list})", "{p} == {set}"),
    "label": ("{e} in {p}", "{p} == {set}", "next(iter({p}), None) == {e}", "''.join({p}) == 'ab'", "[*{p}][:1] == {list}", "{e} in [x for x in {p}][1:]"),
    "sealed": ("{e} in {p}", "len({p}) > 1", "{p} == {set}", "sum(x == {e} for x in {p}) > 0"),
    "booter": ("{p}.up", "{p}.peers == {p}.saved"),
    "process": ("{p}.up", "{p} is {q}"),
    "network": ("{e} in {p}.messages", "{p}.messages", "{p}.connected({k}, {k})", "list({p}.deliverable())", "{p}.losses"),
    "fifo": ("{p}.channels[0, 1]", "{p}.isolated", "list({p}.deliverable())", "{p}.channels[1, 0] and {p}.channels[1, 0][0] == {e}"),
    "cas": ("1 in {p}.pending", "len({p}.explanations) > 1"),
    "history": ("0 in {p}.pending", "len({p}.explanations) > 1", "{p}.pending"),
}  # fmt: skip
CHANGES: dict[str, tuple[str, ...]] = {
    "scalar": ("{p} = {e}", "{p} = {e}", "{p} = {q}"),
    "set": (
        "{p}.add({e})", "{p}.add({e})", "{p}.discard({e})", "if {e} in {p}: {p}.remove({e})", "{p} |= {set}", "{p} -= {set}", "{p} &= {set}",
        "{p} ^= {set}", "{p} = {set}", "{p}.clear()", "{p}.update({list}, {q})", "{p} = {p} | {{{e}}}", "{p} = {q} & {set}",
        "require({p})\n-> {p}.pop()", "-> choose({p})", "{p}.add({e})\n{p}.discard({f})\n-> choose({p})",
        "require({p})\n-> next(iter({p}))", "require({p})\n-> min({p}, key=str)", "{p}.remove(choose({p}))", "{p} = {q}", "{p} = {q}\n{p}.add({e})",
        "{p}, {q} = {q}, {p}", "old = {p}\n{p} = {set}\nold.add({e})\n{q} = old", "{p} = new = {set}\nnew.add({e})", "{p}.intersection_update({q})",
        "{p} = {{x for x in {p} if x != {e}}}", "{p} = set({p})", "{p} = {p}.copy()",
    ),
    "bag": (
        "{p}[{e}] += 1", "{p}[{e}] = {i}", "{p}.update([{e}, {f}])", "{p}.update({list})", "{p} += Counter({list})", "del {p}[{e}]",
        "require({p}[{e}] > 0)\n{p}[{f}] += 1", "if {p}[{e}] > 0: {p}.subtract([{e}])", "{p} = Counter({list})", "{p}.clear()",
        "{p}.pop({e}, None)", "require({p}[{e}])\n{p}[{e}] -= 1", "-> choose({p})", "require({p})\n-> {p}.most_common(1)[0][0]",
        "{p} -= Counter({list})", "{p} = {p} + Counter({list})", "{p}, {q} = {q}, {p}", "{p} = {q}", "require({p})\n-> next(iter({p}))",
        "{p} |= Counter({list})", "{p} &= Counter({list})",
    ),
    "table": (
        "{p}[{e}] = {i}", "{p}[{e}] = {i}", "{p}.pop({e}, None)", "if {e} in {p}: del {p}[{e}]", "{p}.setdefault({e}, {i})", "{p}.update({{{e}: {i}}})",
        "{p} = {{}}", "{p}.clear()", "{p} |= {{{e}: {i}}}", "-> choose({p})", "require({p})\n-> next(iter({p}))", "{p} = {{x: {i} for x in {p}}}",
        "{p} = {q}", "{p}, {q} = {q}, {p}", "require({e} in {p})\n{p}[{e}] = {p}[{e}] and {i}", "require({p})\n-> {p}.popitem()[0]", "{p} = dict({p})",
    ),
    "map": (
        "{p}[{k}] = {i}", "{p} = {{n: {i} for n in NODES}}", "{p}.update({{{k}: {i}}})", "{p} |= {{{k}: {i}}}", "{p}[{k}] = ({p}[{k}] + 1) % 3",
        "{p}[0], {p}[1] = {p}[1], {p}[0]", "{p} = {{**{p}, {k}: {i}}}", "{p} = {q}", "{p} = dict({p})",
    ),
    "deque": (
        "{p}.append({e})", "{p}.append({e})", "if {p}: {p}.popleft()", "require({p})\n-> {p}.popleft()", "{p}.appendleft({e})", "{p}.extend({list})",
        "{p} = deque({list})", "{p}.clear()", "if {p}: {p}[0] = {e}", "require({p})\n-> {p}.pop()", "require({p})\n-> {p}[0]", "{p} = {q}",
        "{p}.append({e})\n-> {p}.popleft()", "{p} += {list}", "{p}.rotate(1)", "{p}, {q} = {q}, {p}", "{p}.reverse()", "{p} = deque({p})",
    ),
    "list": (
        "{p}.append({e})", "{p}.append({e})", "{p} = {p}[:-1]", "require({p})\n-> {p}.pop()", "if {p}: {p}[0] = {e}", "del {p}[:1]", "{p} += {list}",
        "{p}.sort(key=str)", "{p}.insert(0, {e})", "{p}.reverse()", "if {e} in {p}: {p}.remove({e})", "{p} = {list}", "{p} = {p} + {list}", "{p} = {q}",
        "require({p})\n-> {p}[-1]", "-> choose({p})", "{p}, {q} = {q}, {p}", "{p} = [x for x in {p} if x != {e}]", "{p}.extend({q})", "{p}[:] = {list}",
    ),
    "frozen": ("{p} |= {set}", "{p} = frozenset({list})", "{p} -= {set}", "require({p})\n-> min({p})", "{p} = {p} & {q}"),
    "label": ("{p} |= {set}", "{p} = frozenset({list})", "{p} ^= {set}", "require({p})\n-> next(iter({p}))", "require({p})\n-> max({p})", "-> choose({p})"),
    "booter": ("{p}.crash()", "{p}.restart()", "{p}.peers[{k}] = {i}", "{p}.saved.update({p}.peers)"),
    "process": ("{p}.crash()", "{p}.restart()", "{p} = Server()", "{p} = Server(term={i}, votes={{{i}}})", "{p}.up = bool({t})"),
    "network": ("{p}.send({e})", "{p}.send({e})", "{p}.receive({e})", "{p}.broadcast({list})", "-> choose({p}.deliverable())", "-> choose({p}.in_flight())"),
    "fifo": ("{p}.send({e})", "{p}.send({e})", "{p}.receive({e})", "{p}.broadcast({list})", "-> choose({p}.deliverable())"),
    "history": (
        "require({k} not in {p}.pending)\n{p}.invoke({k}, 'write', {i})",
        "client = {k}\nrequire(client not in {p}.pending)\n{p}.invoke(client, choose(['read', 'write']), {e})",
        "client = {k}\nrequire(client in {p}.pending)\n{p}.complete(client, choose([None, {e}, {f}]))",
        "client = {k}\nrequire(client in {p}.pending)\n{p}.complete(client, {e} if {p}.pending[client][0] == 'read' else None)",
    ),
    "cas": (
        "client = {k}\nrequire(client not in {p}.pending)\n{p}.invoke(client, 'cas', ({e}, {f}))",
        "client = {k}\nrequire(client not in {p}.pending)\n{p}.invoke(client, choose(['read', 'write']), {e})",
        "client = {k}\nrequire(client in {p}.pending)\n{p}.complete(client, choose([None, True, False, {e}]))",
    ),
}  # fmt: skip
BOUNDS = {
    "bag": "{p}.total() <= 3",
    "deque": "len({p}) <= 2",
    "list": "len({p}) <= 2",
    "network": "{p}.messages.total() <= 2",
    "fifo": "sum(len(c) for c in {p}.channels.values()) <= 2",
}

"""A key-value store over TCP: three replicas, and a client that asks a quorum of them. The spec is a register.

With a read quorum of two every read meets the last write; with one it may ask a replica that the write has missed.
"""

from __future__ import annotations

import asyncio
import json

from modelcheck import Spec, action, require
from modelcheck.conformance import Adapter

REPLICAS = 3
WRITE_QUORUM = 2


class Replica:
    """A server that keeps a value and its version for each key."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[int, str | None]] = {}
        self.server: asyncio.Server | None = None
        self.is_cut_off = False

    async def start(self) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = json.loads(await reader.readline())
        if not self.is_cut_off:
            version, value = self.values.get(request["key"], (0, None))
            if request["do"] == "put" and request["version"] > version:
                version, value = self.values[request["key"]] = request["version"], request["value"]
            writer.write(json.dumps([version, value]).encode() + b"\n")
            await writer.drain()
        writer.close()


class Client:
    """A client that asks one replica after another until it has a quorum."""

    def __init__(self, ports: list[int], read_quorum: int) -> None:
        self.ports = ports
        self.read_quorum = read_quorum

    async def ask(self, quorum: int, **request) -> list[tuple[int, str | None]]:
        answers: list[tuple[int, str | None]] = []
        for port in self.ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(json.dumps(request).encode() + b"\n")
            line = await reader.readline()
            writer.close()
            if line:
                answers.append(tuple(json.loads(line)))
            if len(answers) == quorum:
                break
        return answers

    async def get(self, key: str) -> str | None:
        return max(await self.ask(self.read_quorum, do="get", key=key))[1]

    async def put(self, key: str, value: str) -> None:
        version, _ = max(await self.ask(WRITE_QUORUM, do="get", key=key))
        await self.ask(WRITE_QUORUM, do="put", key=key, value=value, version=version + 1)


class Register(Spec):
    """What clients believe to talk to: a register per key. One replica at a time may be cut off."""

    def init(self) -> None:
        self.value: dict[str, str | None] = {"x": None}
        self.cut_off: int | None = None
        self.answer: str | None = None

    def keys(self):
        return ("x",)

    def values(self):
        return ("a", "b")

    def replicas(self):
        return range(REPLICAS)

    @action(keys, values)
    def put(self, key: str, value: str) -> None:
        self.value[key] = value

    @action(keys)
    def get(self, key: str) -> None:
        self.answer = self.value[key]

    @action(replicas)
    def cut(self, replica: int) -> None:
        require(self.cut_off is None)
        self.cut_off = replica

    @action
    def heal(self) -> None:
        require(self.cut_off is not None)
        self.cut_off = None


class StoreAdapter(Adapter):
    """Does to the store what the spec's actions say."""

    read_quorum = 2

    async def setup(self) -> None:
        self.replicas = [Replica() for _ in range(REPLICAS)]
        self.client = Client([await replica.start() for replica in self.replicas], self.read_quorum)

    async def teardown(self) -> None:
        for replica in self.replicas:
            replica.server.close()
            await replica.server.wait_closed()

    async def put(self, key: str, value: str) -> None:
        await self.client.put(key, value)

    async def get(self, key: str) -> dict[str, str | None]:
        return {"answer": await self.client.get(key)}

    def cut(self, replica: int) -> None:
        self.replicas[replica].is_cut_off = True

    def heal(self) -> None:
        for replica in self.replicas:
            replica.is_cut_off = False


class CarelessAdapter(StoreAdapter):
    """The same store, with a read quorum that need not meet the write quorum."""

    read_quorum = 1

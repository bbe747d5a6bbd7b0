"""Real Kafka on the loopback interface, one node or three, whose nodes can be killed and started again."""

import os
import random
import signal
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from rich.console import Console

from services.core.settings import load_settings
from services.local.broker import EmbeddedBroker
from services.local.broker_files import new_cluster_id
from services.local.fetch import fetch_broker
from services.local.java import java_executable
from services.local.ports import LOOPBACK, choose_ports
from tests.waiting import wait_until

# Below what systems give to outgoing connections: one of those must not sit on the port of whoever is away.
_PORTS = range(20_000, 32_000)
_PATIENCE_S = 60.0
# The made-up news arrive in the future, which a broker refuses unless told otherwise.
_ANY_TIME = {"log.message.timestamp.after.max.ms": str(2**63 - 1)}


@dataclass
class Cluster:
    """Nodes that are broker and controller in one; with three, every topic has three copies and two must answer."""

    folder: Path
    size: int = 1
    properties: Mapping[str, str] = field(default_factory=dict)
    java: Path | None = None  # what runs the nodes, if not the Java that we bring
    named: tuple[str, int] | None = None  # host name and port by which clients know a single node, besides its address
    nodes: list[EmbeddedBroker] = field(default_factory=list)

    def __enter__(self) -> Self:
        local = load_settings(find_local=False).local
        jars, java = fetch_broker(local, Console(quiet=True)), self.java or java_executable()
        ports = steady_ports(2 * self.size)
        clients, controllers = ports[: self.size], ports[self.size :]
        voters = ",".join(f"{number}@{LOOPBACK}:{port}" for number, port in enumerate(controllers, 1))
        identity = new_cluster_id()
        for number, (client, controller) in enumerate(zip(clients, controllers, strict=True), 1):
            plain, inner = f"PLAINTEXT://{LOOPBACK}:{client}", f"CONTROLLER://{LOOPBACK}:{controller}"
            own = {
                "node.id": str(number),
                "listeners": f"{plain},{inner}",
                "advertised.listeners": plain,
                "controller.quorum.voters": voters,
            }
            if self.named is not None:
                host, port = self.named
                own |= {
                    "listeners": f"{plain},{inner},NAMED://{LOOPBACK}:{port}",
                    "advertised.listeners": f"{plain},NAMED://{host}:{port}",
                    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,NAMED:PLAINTEXT",
                }
            properties = {**own, **_ANY_TIME, **(_REPLICATED if self.size > 1 else {}), **self.properties}
            folder = self.folder / f"node-{number}"
            node = EmbeddedBroker(jars, java, folder, port=client, properties=properties, cluster_id=identity)
            self.nodes.append(node)
        self._servers = ",".join(f"{LOOPBACK}:{port}" for port in clients)
        self._together(EmbeddedBroker.start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._together(EmbeddedBroker.stop)

    @property
    def bootstrap_servers(self) -> str:
        """host:port of every node."""
        return self._servers

    def kill(self, number: int) -> None:
        """End a node as a crash would, and return when nothing of it is left.

        Args:
            number: Of the node, from 0.
        """
        node = self.nodes[number]
        os.kill(self.pid(number), signal.SIGKILL)
        assert node.process is not None
        guard = node.process
        wait_until(lambda: guard.exit_code is not None, deadline_s=_PATIENCE_S, told=lambda: "it outlives SIGKILL")
        node.stop()

    def start(self, number: int) -> None:
        """Start a node that was killed, and return when it answers."""
        self.nodes[number].start()

    def pid(self, number: int) -> int:
        """The process of a node's Java, which runs under a guard of ours."""
        guard = self.nodes[number].process
        assert guard is not None
        told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        (child,) = (int(pid) for pid, parent in map(str.split, told.splitlines()) if int(parent) == guard.pid)
        return child

    def wait_until_whole(self) -> None:
        """Return when every copy of every partition is in step again."""
        wait_until(self._is_whole, deadline_s=2 * _PATIENCE_S, told=lambda: "some partitions lack copies")

    def _is_whole(self) -> bool:
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap_servers.split(","), bootstrap_timeout_ms=5_000)
        except KafkaError:
            return False
        try:
            return all(
                len(partition["isr_nodes"]) == min(self.size, len(partition["replica_nodes"]))
                for topic in admin.describe_topics()
                for partition in topic["partitions"]
            )
        except KafkaError:
            return False
        finally:
            admin.close()

    def _together(self, what: Callable[[EmbeddedBroker], None]) -> None:
        with ThreadPoolExecutor(self.size) as threads:
            list(threads.map(what, self.nodes))


def steady_ports(count: int) -> tuple[int, ...]:
    """Return ports that are free now, and that no outgoing connection takes while their owner is away."""
    return choose_ports(random.SystemRandom().sample(_PORTS, count))


_REPLICATED = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
}

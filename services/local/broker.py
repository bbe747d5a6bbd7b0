"""A real Apache Kafka broker on the loopback interface: KRaft, one node, from jars and a Java runtime."""

import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.local.broker_files import BrokerFailed, DirectoryLock, Listener, format_storage, render_properties
from services.local.java_errors import find_reason
from services.local.ports import LOOPBACK, choose_ports
from services.local.process import GuardedProcess, tail

_PLAIN = Listener("PLAINTEXT", "PLAINTEXT")
_ATTEMPTS = 3  # a free port may be taken before Kafka binds it
_START_S = 60.0
_STOP_S = 3.0
_LOCK_PATIENCE_S = 5.0
_PAUSE_S = 0.05
_PORT_TAKEN = "Address already in use"
# Quick to start and small, which matters more on a laptop than the last third of throughput: 2.2 s against 2.9 s,
# and half the processor time.
_JVM = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)
_FOREIGN = frozenset({"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"})


class EmbeddedBroker:
    """A broker that runs from `start` to `stop`, or inside a `with`; what it stores stays in its data directory.

    It ends when we do, however we end, and it refuses a directory that another broker uses.
    """

    def __init__(  # noqa: PLR0913 - what a broker is made of
        self,
        jars: Sequence[Path],
        java: Path,
        data_dir: Path,
        *,
        port: int = 0,
        heap_mb: int = 512,
        log_file: Path | None = None,
        listeners: Sequence[Listener] = (),
        properties: Mapping[str, str] | None = None,
        scram_users: Mapping[str, str] | None = None,
        cluster_id: str | None = None,
    ) -> None:
        """Describe the broker; nothing happens before `start`.

        Args:
            jars: Kafka's server with its dependencies, in class path order.
            java: The executable of a Java runtime, 17 or newer.
            data_dir: Everything the broker keeps; created if need be.
            port: Of the plaintext listener, if it is free, else another; 0: any free port.
            heap_mb: Java heap, in MiB.
            log_file: Where the broker logs; None: `broker.log` in `data_dir`.
            listeners: More ways in, beside the plaintext one.
            properties: Broker settings over ours.
            scram_users: Passwords by user name, SCRAM-SHA-512; taken when the directory is new.
            cluster_id: Of the cluster that this is a node of; None: a cluster of its own.
        """
        self.data_dir = data_dir.absolute()
        self.log_file = (log_file or data_dir / "broker.log").absolute()
        self._classpath = os.pathsep.join(str(jar.absolute()) for jar in jars)
        self._java = java
        self._heap_mb = heap_mb
        self._wanted = (replace(_PLAIN, port=port), *listeners)
        self._properties = dict(properties or {})
        self._scram_users = dict(scram_users or {})
        self._cluster_id = cluster_id
        self._listeners: tuple[Listener, ...] = ()
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """host:port of the plaintext listener."""
        return self.address(_PLAIN.name)

    def address(self, listener: str) -> str:
        """Return host:port of a listener of the started broker."""
        return next(f"{LOOPBACK}:{known.port}" for known in self._listeners if known.name == listener)

    @property
    def process(self) -> GuardedProcess | None:
        """What runs, from `start` to `stop`."""
        return self._process

    def start(self) -> None:
        """Start it, and return when it answers.

        Raises:
            BrokerFailed: The directory is in use, or the broker ended or did not answer in time.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        lock = DirectoryLock(self.data_dir, patience_s=_LOCK_PATIENCE_S)
        try:
            for _ in range(_ATTEMPTS - 1):
                if self._try_to_start(lock):
                    return
            if not self._try_to_start(lock):
                msg = f"the broker found its ports taken {_ATTEMPTS} times; its log: {self.log_file}"
                raise BrokerFailed(msg)
        finally:
            lock.let_go()

    def stop(self) -> None:
        """Stop it and wait until nothing of it is left; harmless when it does not run."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def _try_to_start(self, lock: DirectoryLock) -> bool:
        """Start it on ports that are free now; False if somebody else was quicker to take one."""
        *ports, controller_port = choose_ports([*(listener.port for listener in self._wanted), 0])
        self._listeners = tuple(
            replace(listener, port=port) for listener, port in zip(self._wanted, ports, strict=True)
        )
        self._prepare(controller_port)
        log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
        command = [*self._command(), f"-Xmx{self._heap_mb}m", "kafka.Kafka", "server.properties"]
        self._process = GuardedProcess.start(
            "broker",
            command,
            log_file=self.log_file.with_suffix(".out"),
            grace_s=_STOP_S,
            env=_environment(),
            cwd=self.data_dir,
            held=[lock.descriptor],
        )
        answers = False
        try:
            answers = self._await_answer(self._process, log_start)
        finally:
            if not answers:
                self.stop()
        return answers

    def _prepare(self, controller_port: int) -> None:
        def render(log_dir: str) -> str:
            return render_properties(
                self._listeners, controller_port=controller_port, log_dir=log_dir, overrides=self._properties
            )

        format_storage(
            self._command(),
            self.data_dir,
            render("data.new"),
            scram_users=self._scram_users,
            env=_environment(),
            cluster_id=self._cluster_id,
        )
        (self.data_dir / "server.properties").write_text(render("data"), "utf-8")

    def _command(self) -> list[str]:
        """Return the command line up to the main class."""
        logging = self.data_dir / "log4j2.xml"
        logging.write_bytes((resources.files("services.local") / "data" / "log4j2.xml").read_bytes())
        properties = [f"-Dlog4j2.configurationFile={logging.as_uri()}", f"-Dsightline.log={self.log_file}"]
        return [str(self._java), *_JVM, *properties, "-cp", self._classpath]

    def _await_answer(self, process: GuardedProcess, log_start: int) -> bool:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if process.exit_code is not None:
                if any(_PORT_TAKEN in line for line in self._said(log_start)):
                    return False
                msg = f"the broker ended while starting: {find_reason(self._said(log_start))}; its log: {self.log_file}"
                raise BrokerFailed(msg)
            if self._answers():
                return True
            time.sleep(_PAUSE_S)
        reason = find_reason(self._said(log_start))
        msg = f"the broker did not answer within {_START_S:.0f} s: {reason}; its log: {self.log_file}"
        raise BrokerFailed(msg)

    def _answers(self) -> bool:
        host, port = self.bootstrap_servers.split(":")
        try:
            # A bare connection first: the client would log each refusal.
            socket.create_connection((host, int(port)), timeout=1).close()
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap_servers, bootstrap_timeout_ms=5_000)
        except (OSError, KafkaError):
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()

    def _said(self, log_start: int) -> list[str]:
        """Return what the broker logged since `log_start`, and what Java wrote beside that."""
        try:
            with self.log_file.open("rb") as log:
                log.seek(log_start)
                logged = log.read().decode("utf-8", "replace").splitlines()
        except FileNotFoundError:
            logged = []
        return [*tail(self.log_file.with_suffix(".out"), 20), *logged]


def _environment() -> dict[str, str]:
    """Return our environment without what would change Java's behaviour; paths of any script are read as UTF-8."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return {**kept, "LC_ALL": "C.UTF-8"}

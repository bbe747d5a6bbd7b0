"""What the embedded broker keeps in its data directory: configuration, formatted storage, and the lock on both."""

import fcntl
import os
import secrets
import shutil
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from services.core.errors import TransientError
from services.local.java_errors import find_reason
from services.local.ports import LOOPBACK

CONTROLLER = "CONTROLLER"
_FORMAT_S = 60.0
_LOCK_PAUSE_S = 0.1


class BrokerFailed(TransientError):  # noqa: N818 - says what happened
    """The embedded broker cannot be used; the text gives the reason and the log."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A way to speak to the broker on the loopback interface."""

    name: str
    protocol: str
    port: int = 0


class DirectoryLock:
    """One user per data directory. Whoever inherits the descriptor holds the lock too."""

    def __init__(self, data_dir: Path, *, patience_s: float) -> None:
        """Take the lock.

        Args:
            data_dir: What to lock.
            patience_s: How long to wait for a user that is just stopping.

        Raises:
            BrokerFailed: It is in use.
        """
        self.descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience_s
        while not self._try():
            if time.monotonic() > deadline:
                os.close(self.descriptor)
                msg = (
                    f"{data_dir} is in use: Sightline or a broker runs there; stop it, "
                    "or set SIGHTLINE_LOCAL__DATA_DIR to another directory"
                )
                raise BrokerFailed(msg)
            time.sleep(_LOCK_PAUSE_S)

    def let_go(self) -> None:
        """Close our descriptor; those who inherited it still hold the lock."""
        os.close(self.descriptor)

    def _try(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def render_properties(
    listeners: Sequence[Listener], *, controller_port: int, log_dir: str, overrides: Mapping[str, str]
) -> str:
    """Return the broker's configuration file; the first listener is also the broker's own."""
    addresses = [f"{listener.name}://{LOOPBACK}:{listener.port}" for listener in listeners]
    protocols = [f"{listener.name}:{listener.protocol}" for listener in listeners]
    here = {
        "log.dirs": log_dir,
        "listeners": ",".join([*addresses, f"{CONTROLLER}://{LOOPBACK}:{controller_port}"]),
        "advertised.listeners": ",".join(addresses),
        "listener.security.protocol.map": ",".join([*protocols, f"{CONTROLLER}:PLAINTEXT"]),
        "inter.broker.listener.name": listeners[0].name,
        "controller.listener.names": CONTROLLER,
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        **overrides,
    }
    common = (resources.files("services.local") / "data" / "broker.properties").read_text("utf-8")
    # Later lines win. A backslash would escape what follows it.
    return common + "".join(f"{name}={value.replace(chr(92), chr(92) * 2)}\n" for name, value in here.items())


def format_storage(  # noqa: PLR0913 - what storage is made of; all but the first three by name
    java: Sequence[str],
    data_dir: Path,
    properties: str,
    *,
    scram_users: Mapping[str, str],
    env: Mapping[str, str],
    cluster_id: str | None = None,
) -> None:
    """Format `data_dir/data` unless it is formatted, with the users that exist from the start.

    Args:
        java: Command line up to the main class.
        data_dir: The broker's directory.
        properties: Configuration whose `log.dirs` is `data.new`; moved into place once it is complete, so that an
            interrupted format leaves nothing that looks like storage.
        scram_users: Passwords by user name.
        env: Java's environment.
        cluster_id: What the nodes of one cluster share; None: a new one.

    Raises:
        BrokerFailed: Kafka's tool refused.
    """
    if (data_dir / "data").exists():
        return
    fresh = data_dir / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    (data_dir / "format.properties").write_text(properties, "utf-8")
    users = [
        argument
        for name, password in scram_users.items()
        for argument in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
    ]
    options = ["-t", cluster_id or new_cluster_id(), "-c", "format.properties", *users]
    command = [*java, "kafka.tools.StorageTool", "format", *options]
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=data_dir, env=env, capture_output=True, text=True, timeout=_FORMAT_S, check=False
    )
    if done.returncode != 0:
        reason = find_reason([*done.stdout.splitlines(), *done.stderr.splitlines()])
        msg = f"the broker's storage in {data_dir} cannot be formatted: {reason}"
        raise BrokerFailed(msg)
    fresh.rename(data_dir / "data")


def new_cluster_id() -> str:
    """Return a fresh id for a cluster."""
    # The form of Kafka's own ids; one that began with a dash would be read as an option.
    while (name := urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")).startswith("-"):
        pass
    return name

"""Write the jar lock anew: resolve Apache Kafka's server with its run-time dependencies, and hash every jar.

Run as `python -m services.local.lock` after changing a version below.
"""

import hashlib
import tempfile
from pathlib import Path

from jgo.maven import MavenContext, PythonResolver

_KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
# Kafka's distribution adds this binding itself; without it, the broker logs nowhere. Same version as its log4j-core.
# Resolved apart, because jgo would let its parent's managed versions downgrade kafka-clients.
_LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl:{log4j_core}"
_REPOSITORY = "https://repo1.maven.org/maven2"
_HEADER = "# Written by `python -m services.local.lock`. Class path order.\n"


def main() -> None:
    """Resolve, download, hash, write."""
    with tempfile.TemporaryDirectory() as folder:
        lines = _resolve(Path(folder))
    path = Path(__file__).parent / "data" / "kafka_jars.lock"
    path.write_text(_HEADER + "\n".join(lines) + "\n", "utf-8")


def _resolve(folder: Path) -> list[str]:
    context = MavenContext(
        resolver=PythonResolver(), repo_cache=folder, remote_repos={"repository": _REPOSITORY}, timeout=30
    )
    inputs, transitive = context.resolver.resolve([context.create_dependency(_KAFKA)])
    dependencies = [*inputs, *transitive]
    log4j_core = next(found.version for found in dependencies if found.artifactId == "log4j-core")
    dependencies.append(context.create_dependency(_LOG_BINDING.format(log4j_core=log4j_core)))
    return [
        f"{found.groupId}:{found.artifactId}:{found.version} "
        f"{hashlib.sha256(found.artifact.resolve().read_bytes()).hexdigest()}"
        for found in dependencies
    ]


if __name__ == "__main__":
    main()

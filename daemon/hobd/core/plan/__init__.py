"""From a lock to the steps that make an environment: select pins, compare with what is installed."""

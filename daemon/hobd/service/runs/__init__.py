"""Running programs in environments that are brought in line first."""

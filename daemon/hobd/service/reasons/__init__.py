"""Why a lock is as it is, and not otherwise."""

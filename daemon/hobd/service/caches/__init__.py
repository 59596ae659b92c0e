"""What lies in the cache, for those who want to know or to be rid of it."""

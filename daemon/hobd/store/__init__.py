"""The content-addressed store of unpacked wheels: ensure, unpack, compile, publish, lease, sweep. Touches the disk."""

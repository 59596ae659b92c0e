"""The network: indexes, files, repositories. Everything that a request needs of them starts at `gateway`."""

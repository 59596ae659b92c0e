"""The network: indexes, files, repositories. `service.network` ties the parts together for a request."""

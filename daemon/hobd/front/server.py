"""The gRPC server: its limits, its services, and the private socket that it binds.

gRPC unlinks whatever lies at the path that it binds, a living neighbour's socket too. So it is only ever shown a private
name; `owner` renames that onto the public one.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio

from hobd.errors import WorldError
from hobd.front.handlers import DaemonService, ExecuteService
from hobd.front.state import Front

_LARGEST_REQUEST = 16 << 20
_HEALTH_SECONDS = 1.0
_SERVICES = ("hob.v1.ExecuteService", "hob.v1.DaemonService", "hob.v1.ProjectService", "grpc.health.v1.Health")

_OPTIONS = [
    ("grpc.max_receive_message_length", _LARGEST_REQUEST),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 1000),
]


def make_server(front: Front) -> Any:
    """A server with all services, not yet bound. Must be made inside the event loop that serves it."""
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers((ExecuteService(front).handlers(), DaemonService(front).handlers(), LazyServices(front)))
    return server


def bind(server: Any, address: str) -> None:
    """Bind to a socket path that only this process knows, for the owner alone.

    Raises:
        WorldError: it cannot be bound.
    """
    before = os.umask(0o177)  # noqa: TID251 - gRPC makes the file; nothing else of this process makes one now
    try:
        server.add_insecure_port(f"unix:{address}")
    except RuntimeError as error:
        raise WorldError(f"The socket `{address}` could not be bound", causes=(str(error),)) from error
    finally:
        os.umask(before)  # noqa: TID251


class LazyServices(grpc.GenericRpcHandler):  # type: ignore[misc] # grpc ships no types
    """Services that most daemons are never asked for: imported when they are."""

    def __init__(self, front: Front) -> None:
        self._makers: dict[str, Callable[[], grpc.GenericRpcHandler]] = {
            "hob.v1.ProjectService": lambda: _project_service(front),
            "grpc.health.v1.Health": lambda: _health_service(front),
            "grpc.reflection.v1alpha.ServerReflection": _reflection_service,
        }
        self._made: dict[str, grpc.GenericRpcHandler] = {}

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a method, or `None`."""
        name = handler_call_details.method.split("/")[1]
        if name not in self._made and name in self._makers:
            self._made[name] = self._makers[name]()
        made = self._made.get(name)
        return made.service(handler_call_details) if made is not None else None


class _Collector:
    """What generated registration code takes for a server."""

    def __init__(self) -> None:
        self.handlers: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        self.handlers += handlers

    def add_registered_method_handlers(self, _service: str, _handlers: object) -> None:
        """Only the generic form is used."""


def _project_service(front: Front) -> grpc.GenericRpcHandler:
    from hobd.front.project_calls import ProjectService

    return ProjectService(front).handlers()


def _health_service(front: Front) -> grpc.GenericRpcHandler:
    from grpc_health.v1 import health_pb2

    async def check(request: Any, context: Any) -> Any:
        if request.service not in ("", *_SERVICES):
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return await read_health()

    async def watch(_request: Any, context: Any) -> None:
        await context.write(await read_health())
        await front.drained.wait()
        await context.write(health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.NOT_SERVING))

    async def read_health() -> Any:
        """The loop answers, or nobody would read this; so must an engine."""
        is_well = not front.admission.is_draining and await front.engines.is_alive_within(_HEALTH_SECONDS)
        states = health_pb2.HealthCheckResponse
        return states(status=states.SERVING if is_well else states.NOT_SERVING)

    forms = health_pb2.HealthCheckRequest.FromString, health_pb2.HealthCheckResponse.SerializeToString
    methods = {
        "Check": grpc.unary_unary_rpc_method_handler(check, *forms),
        "Watch": grpc.unary_stream_rpc_method_handler(watch, *forms),
    }
    return grpc.method_handlers_generic_handler("grpc.health.v1.Health", methods)


def _reflection_service() -> grpc.GenericRpcHandler:
    from grpc_health.v1 import health_pb2 as _health
    from grpc_reflection.v1alpha import reflection_pb2_grpc
    from grpc_reflection.v1alpha._async import ReflectionServicer

    from hob.v1 import project_pb2 as _project

    del _health, _project  # imported for their descriptors, which reflection looks up by name
    collector = _Collector()
    names = (*_SERVICES, "grpc.reflection.v1alpha.ServerReflection")
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(ReflectionServicer(service_names=names), collector)
    return collector.handlers[0]

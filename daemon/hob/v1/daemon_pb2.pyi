from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("instance", "build", "pid", "socket", "uptime_seconds", "active_requests", "engines", "memory_bytes", "version", "start_reason", "verdicts", "replays", "requests", "watches", "is_draining", "candidates", "log")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    BUILD_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    UPTIME_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    ENGINES_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    START_REASON_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    REPLAYS_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    WATCHES_FIELD_NUMBER: _ClassVar[int]
    IS_DRAINING_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    instance: str
    build: str
    pid: int
    socket: str
    uptime_seconds: float
    active_requests: _containers.RepeatedCompositeFieldContainer[ActiveRequest]
    engines: _containers.RepeatedCompositeFieldContainer[Engine]
    memory_bytes: int
    version: str
    start_reason: str
    verdicts: int
    replays: int
    requests: int
    watches: int
    is_draining: bool
    candidates: _containers.RepeatedScalarFieldContainer[str]
    log: str
    def __init__(self, instance: _Optional[str] = ..., build: _Optional[str] = ..., pid: _Optional[int] = ..., socket: _Optional[str] = ..., uptime_seconds: _Optional[float] = ..., active_requests: _Optional[_Iterable[_Union[ActiveRequest, _Mapping]]] = ..., engines: _Optional[_Iterable[_Union[Engine, _Mapping]]] = ..., memory_bytes: _Optional[int] = ..., version: _Optional[str] = ..., start_reason: _Optional[str] = ..., verdicts: _Optional[int] = ..., replays: _Optional[int] = ..., requests: _Optional[int] = ..., watches: _Optional[int] = ..., is_draining: _Optional[bool] = ..., candidates: _Optional[_Iterable[str]] = ..., log: _Optional[str] = ...) -> None: ...

class ActiveRequest(_message.Message):
    __slots__ = ("id", "command", "cwd", "phase", "milliseconds", "pid")
    ID_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    CWD_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    id: str
    command: str
    cwd: bytes
    phase: str
    milliseconds: int
    pid: int
    def __init__(self, id: _Optional[str] = ..., command: _Optional[str] = ..., cwd: _Optional[bytes] = ..., phase: _Optional[str] = ..., milliseconds: _Optional[int] = ..., pid: _Optional[int] = ...) -> None: ...

class Engine(_message.Message):
    __slots__ = ("pid", "memory_bytes", "calls", "is_busy", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PID_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    IS_BUSY_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    pid: int
    memory_bytes: int
    calls: int
    is_busy: bool
    facts: _containers.ScalarMap[str, str]
    def __init__(self, pid: _Optional[int] = ..., memory_bytes: _Optional[int] = ..., calls: _Optional[int] = ..., is_busy: _Optional[bool] = ..., facts: _Optional[_Mapping[str, str]] = ...) -> None: ...

class StopRequest(_message.Message):
    __slots__ = ("force", "reason")
    FORCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    force: bool
    reason: str
    def __init__(self, force: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class StopResponse(_message.Message):
    __slots__ = ("pid",)
    PID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    def __init__(self, pid: _Optional[int] = ...) -> None: ...

class GetTraceRequest(_message.Message):
    __slots__ = ("most",)
    MOST_FIELD_NUMBER: _ClassVar[int]
    most: int
    def __init__(self, most: _Optional[int] = ...) -> None: ...

class GetTraceResponse(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, lines: _Optional[_Iterable[str]] = ...) -> None: ...

from hob.v1 import execute_pb2 as _execute_pb2
from hob.v1 import verdict_pb2 as _verdict_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EngineFrame(_message.Message):
    __slots__ = ("call", "request", "response", "verdict", "hello", "state", "ask", "phase", "gone", "watch", "forget")
    CALL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ASK_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    WATCH_FIELD_NUMBER: _ClassVar[int]
    FORGET_FIELD_NUMBER: _ClassVar[int]
    call: int
    request: _execute_pb2.ExecuteRequest
    response: _execute_pb2.ExecuteResponse
    verdict: _verdict_pb2.Verdict
    hello: EngineHello
    state: EngineState
    ask: EngineAsk
    phase: Phase
    gone: ClientGone
    watch: Watch
    forget: Forget
    def __init__(self, call: _Optional[int] = ..., request: _Optional[_Union[_execute_pb2.ExecuteRequest, _Mapping]] = ..., response: _Optional[_Union[_execute_pb2.ExecuteResponse, _Mapping]] = ..., verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ..., hello: _Optional[_Union[EngineHello, _Mapping]] = ..., state: _Optional[_Union[EngineState, _Mapping]] = ..., ask: _Optional[_Union[EngineAsk, _Mapping]] = ..., phase: _Optional[_Union[Phase, _Mapping]] = ..., gone: _Optional[_Union[ClientGone, _Mapping]] = ..., watch: _Optional[_Union[Watch, _Mapping]] = ..., forget: _Optional[_Union[Forget, _Mapping]] = ...) -> None: ...

class EngineHello(_message.Message):
    __slots__ = ("pid",)
    PID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    def __init__(self, pid: _Optional[int] = ...) -> None: ...

class EngineState(_message.Message):
    __slots__ = ("memory_bytes", "calls", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    memory_bytes: int
    calls: int
    facts: _containers.ScalarMap[str, str]
    def __init__(self, memory_bytes: _Optional[int] = ..., calls: _Optional[int] = ..., facts: _Optional[_Mapping[str, str]] = ...) -> None: ...

class EngineAsk(_message.Message):
    __slots__ = ("state", "trim", "stop")
    STATE_FIELD_NUMBER: _ClassVar[int]
    TRIM_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    state: bool
    trim: bool
    stop: bool
    def __init__(self, state: _Optional[bool] = ..., trim: _Optional[bool] = ..., stop: _Optional[bool] = ...) -> None: ...

class Phase(_message.Message):
    __slots__ = ("text", "command")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    text: str
    command: str
    def __init__(self, text: _Optional[str] = ..., command: _Optional[str] = ...) -> None: ...

class ClientGone(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Watch(_message.Message):
    __slots__ = ("root", "folders")
    ROOT_FIELD_NUMBER: _ClassVar[int]
    FOLDERS_FIELD_NUMBER: _ClassVar[int]
    root: bytes
    folders: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, root: _Optional[bytes] = ..., folders: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Forget(_message.Message):
    __slots__ = ("paths",)
    PATHS_FIELD_NUMBER: _ClassVar[int]
    paths: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, paths: _Optional[_Iterable[bytes]] = ...) -> None: ...

from hob.v1 import execute_pb2 as _execute_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verdict(_message.Message):
    __slots__ = ("schema", "build", "cwd", "argv", "takes_rest", "env", "files", "expires_ns", "events", "terminal", "program", "read_ns", "umask")
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    BUILD_FIELD_NUMBER: _ClassVar[int]
    CWD_FIELD_NUMBER: _ClassVar[int]
    ARGV_FIELD_NUMBER: _ClassVar[int]
    TAKES_REST_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_NS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    READ_NS_FIELD_NUMBER: _ClassVar[int]
    UMASK_FIELD_NUMBER: _ClassVar[int]
    schema: int
    build: bytes
    cwd: bytes
    argv: _containers.RepeatedScalarFieldContainer[bytes]
    takes_rest: bool
    env: _containers.RepeatedCompositeFieldContainer[EnvGround]
    files: _containers.RepeatedCompositeFieldContainer[FileGround]
    expires_ns: int
    events: _containers.RepeatedCompositeFieldContainer[_execute_pb2.Event]
    terminal: _execute_pb2.Terminal
    program: bytes
    read_ns: int
    umask: int
    def __init__(self, schema: _Optional[int] = ..., build: _Optional[bytes] = ..., cwd: _Optional[bytes] = ..., argv: _Optional[_Iterable[bytes]] = ..., takes_rest: _Optional[bool] = ..., env: _Optional[_Iterable[_Union[EnvGround, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[FileGround, _Mapping]]] = ..., expires_ns: _Optional[int] = ..., events: _Optional[_Iterable[_Union[_execute_pb2.Event, _Mapping]]] = ..., terminal: _Optional[_Union[_execute_pb2.Terminal, _Mapping]] = ..., program: _Optional[bytes] = ..., read_ns: _Optional[int] = ..., umask: _Optional[int] = ...) -> None: ...

class EnvGround(_message.Message):
    __slots__ = ("name", "is_set", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IS_SET_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: bytes
    is_set: bool
    value: bytes
    def __init__(self, name: _Optional[bytes] = ..., is_set: _Optional[bool] = ..., value: _Optional[bytes] = ...) -> None: ...

class FileGround(_message.Message):
    __slots__ = ("path", "exists", "is_link", "dev", "ino", "size", "mtime_ns", "ctime_ns", "content")
    PATH_FIELD_NUMBER: _ClassVar[int]
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    IS_LINK_FIELD_NUMBER: _ClassVar[int]
    DEV_FIELD_NUMBER: _ClassVar[int]
    INO_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MTIME_NS_FIELD_NUMBER: _ClassVar[int]
    CTIME_NS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    path: bytes
    exists: bool
    is_link: bool
    dev: int
    ino: int
    size: int
    mtime_ns: int
    ctime_ns: int
    content: bytes
    def __init__(self, path: _Optional[bytes] = ..., exists: _Optional[bool] = ..., is_link: _Optional[bool] = ..., dev: _Optional[int] = ..., ino: _Optional[int] = ..., size: _Optional[int] = ..., mtime_ns: _Optional[int] = ..., ctime_ns: _Optional[int] = ..., content: _Optional[bytes] = ...) -> None: ...

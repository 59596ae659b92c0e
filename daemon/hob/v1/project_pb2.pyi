from hob.v1 import execute_pb2 as _execute_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Freshness(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FRESHNESS_UNSPECIFIED: _ClassVar[Freshness]
    FRESHNESS_FRESH: _ClassVar[Freshness]
    FRESHNESS_STALE: _ClassVar[Freshness]
    FRESHNESS_MISSING: _ClassVar[Freshness]
FRESHNESS_UNSPECIFIED: Freshness
FRESHNESS_FRESH: Freshness
FRESHNESS_STALE: Freshness
FRESHNESS_MISSING: Freshness

class ProjectRef(_message.Message):
    __slots__ = ("root", "env")
    ROOT_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    root: bytes
    env: _containers.RepeatedCompositeFieldContainer[_execute_pb2.EnvVar]
    def __init__(self, root: _Optional[bytes] = ..., env: _Optional[_Iterable[_Union[_execute_pb2.EnvVar, _Mapping]]] = ...) -> None: ...

class GetProjectRequest(_message.Message):
    __slots__ = ("project",)
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    project: ProjectRef
    def __init__(self, project: _Optional[_Union[ProjectRef, _Mapping]] = ...) -> None: ...

class GetProjectResponse(_message.Message):
    __slots__ = ("name", "version", "root", "environment", "interpreter", "lock", "fingerprint", "diagnostics")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    INTERPRETER_FIELD_NUMBER: _ClassVar[int]
    LOCK_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    root: bytes
    environment: bytes
    interpreter: bytes
    lock: Freshness
    fingerprint: str
    diagnostics: _containers.RepeatedCompositeFieldContainer[_execute_pb2.Diagnostic]
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., root: _Optional[bytes] = ..., environment: _Optional[bytes] = ..., interpreter: _Optional[bytes] = ..., lock: _Optional[_Union[Freshness, str]] = ..., fingerprint: _Optional[str] = ..., diagnostics: _Optional[_Iterable[_Union[_execute_pb2.Diagnostic, _Mapping]]] = ...) -> None: ...

class LockRequest(_message.Message):
    __slots__ = ("project", "dry_run", "upgrade")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    UPGRADE_FIELD_NUMBER: _ClassVar[int]
    project: ProjectRef
    dry_run: bool
    upgrade: bool
    def __init__(self, project: _Optional[_Union[ProjectRef, _Mapping]] = ..., dry_run: _Optional[bool] = ..., upgrade: _Optional[bool] = ...) -> None: ...

class LockResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _execute_pb2.Progress
    result: LockResult
    def __init__(self, progress: _Optional[_Union[_execute_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[LockResult, _Mapping]] = ...) -> None: ...

class LockResult(_message.Message):
    __slots__ = ("code", "text", "is_changed")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_CHANGED_FIELD_NUMBER: _ClassVar[int]
    code: int
    text: str
    is_changed: bool
    def __init__(self, code: _Optional[int] = ..., text: _Optional[str] = ..., is_changed: _Optional[bool] = ...) -> None: ...

class SyncRequest(_message.Message):
    __slots__ = ("project", "dry_run", "frozen")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    project: ProjectRef
    dry_run: bool
    frozen: bool
    def __init__(self, project: _Optional[_Union[ProjectRef, _Mapping]] = ..., dry_run: _Optional[bool] = ..., frozen: _Optional[bool] = ...) -> None: ...

class SyncResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _execute_pb2.Progress
    result: SyncResult
    def __init__(self, progress: _Optional[_Union[_execute_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[SyncResult, _Mapping]] = ...) -> None: ...

class SyncResult(_message.Message):
    __slots__ = ("code", "text")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    code: int
    text: str
    def __init__(self, code: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ("project", "argv")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    ARGV_FIELD_NUMBER: _ClassVar[int]
    project: ProjectRef
    argv: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, project: _Optional[_Union[ProjectRef, _Mapping]] = ..., argv: _Optional[_Iterable[bytes]] = ...) -> None: ...

class RunResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _execute_pb2.Progress
    result: RunResult
    def __init__(self, progress: _Optional[_Union[_execute_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[RunResult, _Mapping]] = ...) -> None: ...

class RunResult(_message.Message):
    __slots__ = ("code", "text", "exec")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    EXEC_FIELD_NUMBER: _ClassVar[int]
    code: int
    text: str
    exec: _execute_pb2.ExecSpec
    def __init__(self, code: _Optional[int] = ..., text: _Optional[str] = ..., exec: _Optional[_Union[_execute_pb2.ExecSpec, _Mapping]] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("project", "clock")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    project: ProjectRef
    clock: int
    def __init__(self, project: _Optional[_Union[ProjectRef, _Mapping]] = ..., clock: _Optional[int] = ...) -> None: ...

class SubscribeResponse(_message.Message):
    __slots__ = ("clock", "state", "going_away")
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    GOING_AWAY_FIELD_NUMBER: _ClassVar[int]
    clock: int
    state: GetProjectResponse
    going_away: GoingAway
    def __init__(self, clock: _Optional[int] = ..., state: _Optional[_Union[GetProjectResponse, _Mapping]] = ..., going_away: _Optional[_Union[GoingAway, _Mapping]] = ...) -> None: ...

class GoingAway(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRIORITY_UNSPECIFIED: _ClassVar[Priority]
    PRIORITY_INTERACTIVE: _ClassVar[Priority]
    PRIORITY_EDITOR: _ClassVar[Priority]
    PRIORITY_BACKGROUND: _ClassVar[Priority]
PRIORITY_UNSPECIFIED: Priority
PRIORITY_INTERACTIVE: Priority
PRIORITY_EDITOR: Priority
PRIORITY_BACKGROUND: Priority

class ExecuteRequest(_message.Message):
    __slots__ = ("start", "cancel", "stdin", "resize", "answer", "spawn_event")
    START_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    STDIN_FIELD_NUMBER: _ClassVar[int]
    RESIZE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    SPAWN_EVENT_FIELD_NUMBER: _ClassVar[int]
    start: Start
    cancel: Cancel
    stdin: StdinChunk
    resize: Resize
    answer: Answer
    spawn_event: SpawnEvent
    def __init__(self, start: _Optional[_Union[Start, _Mapping]] = ..., cancel: _Optional[_Union[Cancel, _Mapping]] = ..., stdin: _Optional[_Union[StdinChunk, _Mapping]] = ..., resize: _Optional[_Union[Resize, _Mapping]] = ..., answer: _Optional[_Union[Answer, _Mapping]] = ..., spawn_event: _Optional[_Union[SpawnEvent, _Mapping]] = ...) -> None: ...

class Start(_message.Message):
    __slots__ = ("client_build", "capabilities", "cwd", "cwd_dev", "cwd_ino", "argv", "env", "umask", "terminal", "mnt_ns", "request_id", "priority", "pid", "pid_ns", "user_ns", "program")
    CLIENT_BUILD_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    CWD_FIELD_NUMBER: _ClassVar[int]
    CWD_DEV_FIELD_NUMBER: _ClassVar[int]
    CWD_INO_FIELD_NUMBER: _ClassVar[int]
    ARGV_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    UMASK_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    MNT_NS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    PID_NS_FIELD_NUMBER: _ClassVar[int]
    USER_NS_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    client_build: bytes
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    cwd: bytes
    cwd_dev: int
    cwd_ino: int
    argv: _containers.RepeatedScalarFieldContainer[bytes]
    env: _containers.RepeatedCompositeFieldContainer[EnvVar]
    umask: int
    terminal: Terminal
    mnt_ns: int
    request_id: str
    priority: Priority
    pid: int
    pid_ns: int
    user_ns: int
    program: bytes
    def __init__(self, client_build: _Optional[bytes] = ..., capabilities: _Optional[_Iterable[str]] = ..., cwd: _Optional[bytes] = ..., cwd_dev: _Optional[int] = ..., cwd_ino: _Optional[int] = ..., argv: _Optional[_Iterable[bytes]] = ..., env: _Optional[_Iterable[_Union[EnvVar, _Mapping]]] = ..., umask: _Optional[int] = ..., terminal: _Optional[_Union[Terminal, _Mapping]] = ..., mnt_ns: _Optional[int] = ..., request_id: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., pid: _Optional[int] = ..., pid_ns: _Optional[int] = ..., user_ns: _Optional[int] = ..., program: _Optional[bytes] = ...) -> None: ...

class EnvVar(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: bytes
    value: bytes
    def __init__(self, name: _Optional[bytes] = ..., value: _Optional[bytes] = ...) -> None: ...

class Terminal(_message.Message):
    __slots__ = ("stdin_is_tty", "stdout_is_tty", "stderr_is_tty", "columns", "rows")
    STDIN_IS_TTY_FIELD_NUMBER: _ClassVar[int]
    STDOUT_IS_TTY_FIELD_NUMBER: _ClassVar[int]
    STDERR_IS_TTY_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    stdin_is_tty: bool
    stdout_is_tty: bool
    stderr_is_tty: bool
    columns: int
    rows: int
    def __init__(self, stdin_is_tty: _Optional[bool] = ..., stdout_is_tty: _Optional[bool] = ..., stderr_is_tty: _Optional[bool] = ..., columns: _Optional[int] = ..., rows: _Optional[int] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ("force",)
    FORCE_FIELD_NUMBER: _ClassVar[int]
    force: bool
    def __init__(self, force: _Optional[bool] = ...) -> None: ...

class StdinChunk(_message.Message):
    __slots__ = ("data", "eof")
    DATA_FIELD_NUMBER: _ClassVar[int]
    EOF_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    eof: bool
    def __init__(self, data: _Optional[bytes] = ..., eof: _Optional[bool] = ...) -> None: ...

class Resize(_message.Message):
    __slots__ = ("columns", "rows")
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    columns: int
    rows: int
    def __init__(self, columns: _Optional[int] = ..., rows: _Optional[int] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("id", "text", "is_default")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    id: int
    text: str
    is_default: bool
    def __init__(self, id: _Optional[int] = ..., text: _Optional[str] = ..., is_default: _Optional[bool] = ...) -> None: ...

class SpawnEvent(_message.Message):
    __slots__ = ("id", "out_chunk", "err_chunk", "exit_code", "failure")
    ID_FIELD_NUMBER: _ClassVar[int]
    OUT_CHUNK_FIELD_NUMBER: _ClassVar[int]
    ERR_CHUNK_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    id: int
    out_chunk: bytes
    err_chunk: bytes
    exit_code: int
    failure: str
    def __init__(self, id: _Optional[int] = ..., out_chunk: _Optional[bytes] = ..., err_chunk: _Optional[bytes] = ..., exit_code: _Optional[int] = ..., failure: _Optional[str] = ...) -> None: ...

class ExecuteResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("seq", "accepted", "refused", "out_chunk", "err_chunk", "progress", "diagnostic", "prompt", "spawn", "milestone", "exit", "exec")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    OUT_CHUNK_FIELD_NUMBER: _ClassVar[int]
    ERR_CHUNK_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTIC_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SPAWN_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_FIELD_NUMBER: _ClassVar[int]
    EXIT_FIELD_NUMBER: _ClassVar[int]
    EXEC_FIELD_NUMBER: _ClassVar[int]
    seq: int
    accepted: Accepted
    refused: Refused
    out_chunk: Chunk
    err_chunk: Chunk
    progress: Progress
    diagnostic: Diagnostic
    prompt: Prompt
    spawn: Spawn
    milestone: Milestone
    exit: Exit
    exec: ExecSpec
    def __init__(self, seq: _Optional[int] = ..., accepted: _Optional[_Union[Accepted, _Mapping]] = ..., refused: _Optional[_Union[Refused, _Mapping]] = ..., out_chunk: _Optional[_Union[Chunk, _Mapping]] = ..., err_chunk: _Optional[_Union[Chunk, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., diagnostic: _Optional[_Union[Diagnostic, _Mapping]] = ..., prompt: _Optional[_Union[Prompt, _Mapping]] = ..., spawn: _Optional[_Union[Spawn, _Mapping]] = ..., milestone: _Optional[_Union[Milestone, _Mapping]] = ..., exit: _Optional[_Union[Exit, _Mapping]] = ..., exec: _Optional[_Union[ExecSpec, _Mapping]] = ...) -> None: ...

class Accepted(_message.Message):
    __slots__ = ("instance", "is_repeatable")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    IS_REPEATABLE_FIELD_NUMBER: _ClassVar[int]
    instance: str
    is_repeatable: bool
    def __init__(self, instance: _Optional[str] = ..., is_repeatable: _Optional[bool] = ...) -> None: ...

class Refused(_message.Message):
    __slots__ = ("reason", "text")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[Refused.Reason]
        REASON_BUILD_MISMATCH: _ClassVar[Refused.Reason]
        REASON_DRAINING: _ClassVar[Refused.Reason]
        REASON_NAMESPACE: _ClassVar[Refused.Reason]
        REASON_BUSY: _ClassVar[Refused.Reason]
    REASON_UNSPECIFIED: Refused.Reason
    REASON_BUILD_MISMATCH: Refused.Reason
    REASON_DRAINING: Refused.Reason
    REASON_NAMESPACE: Refused.Reason
    REASON_BUSY: Refused.Reason
    REASON_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    reason: Refused.Reason
    text: str
    def __init__(self, reason: _Optional[_Union[Refused.Reason, str]] = ..., text: _Optional[str] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("key", "label", "done", "total", "unit", "is_finished")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    IS_FINISHED_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    done: int
    total: int
    unit: str
    is_finished: bool
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., unit: _Optional[str] = ..., is_finished: _Optional[bool] = ...) -> None: ...

class Diagnostic(_message.Message):
    __slots__ = ("path", "line", "column", "text", "hint")
    PATH_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    path: str
    line: int
    column: int
    text: str
    hint: str
    def __init__(self, path: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., text: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...

class Prompt(_message.Message):
    __slots__ = ("id", "text", "is_secret")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_SECRET_FIELD_NUMBER: _ClassVar[int]
    id: int
    text: str
    is_secret: bool
    def __init__(self, id: _Optional[int] = ..., text: _Optional[str] = ..., is_secret: _Optional[bool] = ...) -> None: ...

class Spawn(_message.Message):
    __slots__ = ("id", "argv", "env", "cwd", "kill")
    ID_FIELD_NUMBER: _ClassVar[int]
    ARGV_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    CWD_FIELD_NUMBER: _ClassVar[int]
    KILL_FIELD_NUMBER: _ClassVar[int]
    id: int
    argv: _containers.RepeatedScalarFieldContainer[bytes]
    env: _containers.RepeatedCompositeFieldContainer[EnvVar]
    cwd: bytes
    kill: bool
    def __init__(self, id: _Optional[int] = ..., argv: _Optional[_Iterable[bytes]] = ..., env: _Optional[_Iterable[_Union[EnvVar, _Mapping]]] = ..., cwd: _Optional[bytes] = ..., kill: _Optional[bool] = ...) -> None: ...

class Milestone(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class Exit(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: int
    def __init__(self, code: _Optional[int] = ...) -> None: ...

class ExecSpec(_message.Message):
    __slots__ = ("argv", "program", "env_set", "env_unset", "cwd", "nofile_limit", "not_found", "lease", "nofile_refused")
    ARGV_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    ENV_SET_FIELD_NUMBER: _ClassVar[int]
    ENV_UNSET_FIELD_NUMBER: _ClassVar[int]
    CWD_FIELD_NUMBER: _ClassVar[int]
    NOFILE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    NOT_FOUND_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    NOFILE_REFUSED_FIELD_NUMBER: _ClassVar[int]
    argv: _containers.RepeatedScalarFieldContainer[bytes]
    program: bytes
    env_set: _containers.RepeatedCompositeFieldContainer[EnvVar]
    env_unset: _containers.RepeatedScalarFieldContainer[bytes]
    cwd: bytes
    nofile_limit: int
    not_found: bytes
    lease: Lease
    nofile_refused: bytes
    def __init__(self, argv: _Optional[_Iterable[bytes]] = ..., program: _Optional[bytes] = ..., env_set: _Optional[_Iterable[_Union[EnvVar, _Mapping]]] = ..., env_unset: _Optional[_Iterable[bytes]] = ..., cwd: _Optional[bytes] = ..., nofile_limit: _Optional[int] = ..., not_found: _Optional[bytes] = ..., lease: _Optional[_Union[Lease, _Mapping]] = ..., nofile_refused: _Optional[bytes] = ...) -> None: ...

class Lease(_message.Message):
    __slots__ = ("path", "bytes")
    PATH_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    path: bytes
    bytes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, path: _Optional[bytes] = ..., bytes: _Optional[_Iterable[int]] = ...) -> None: ...

"""The contract keeps the rules that buf's STANDARD set asks for; buf itself has no installable package here."""

import re
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from grpc_tools import protoc

ROOT = Path(__file__).parents[2] / "proto"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.proto"))
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PASCAL = re.compile(r"([A-Z][a-z0-9]*)+")


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> descriptor_pb2.FileDescriptorSet:
    target = tmp_path_factory.mktemp("proto") / "set.bin"
    assert protoc.main(["protoc", f"-I{ROOT}", "--include_source_info", f"--descriptor_set_out={target}", *FILES]) == 0
    return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())


def messages_of(file: descriptor_pb2.FileDescriptorProto) -> list[descriptor_pb2.DescriptorProto]:
    found, waiting = [], list(file.message_type)
    while waiting:
        message = waiting.pop()
        found.append(message)
        waiting += [nested for nested in message.nested_type if not nested.options.map_entry]
    return found


def enums_of(file: descriptor_pb2.FileDescriptorProto) -> list[descriptor_pb2.EnumDescriptorProto]:
    return [*file.enum_type, *(enum for message in messages_of(file) for enum in message.enum_type)]


def test_folders_and_packages_agree(contract: descriptor_pb2.FileDescriptorSet) -> None:
    assert {(file.package, file.name.rpartition("/")[0].replace("/", ".")) for file in contract.file} == {("hob.v1", "hob.v1")}
    assert all(file.syntax == "proto3" for file in contract.file)


def test_names_are_in_their_case(contract: descriptor_pb2.FileDescriptorSet) -> None:
    for file in contract.file:
        for message in messages_of(file):
            assert PASCAL.fullmatch(message.name), message.name
            wrong = [field.name for field in message.field if not SNAKE.fullmatch(field.name) or field.name in {"stdout", "stderr"}]
            assert wrong == [], message.name


def test_enum_values_have_their_prefix_and_an_unspecified_zero(contract: descriptor_pb2.FileDescriptorSet) -> None:
    for enum in (enum for file in contract.file for enum in enums_of(file)):
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
        assert all(value.name.startswith(prefix) for value in enum.value), enum.name
        assert [value.name for value in enum.value if value.number == 0] == [f"{prefix}UNSPECIFIED"]


def test_every_call_has_a_request_and_a_response_of_its_own(contract: descriptor_pb2.FileDescriptorSet) -> None:
    calls = [(service.name, method) for file in contract.file for service in file.service for method in service.method]
    assert all(service.endswith("Service") for service, _ in calls)
    for _, method in calls:
        assert method.input_type == f".hob.v1.{method.name}Request"
        assert method.output_type == f".hob.v1.{method.name}Response"


def test_every_message_field_and_value_is_explained(contract: descriptor_pb2.FileDescriptorSet) -> None:
    for name in FILES:
        silent = [
            line
            for line in (ROOT / name).read_text("utf-8").splitlines()
            if re.match(r"\s+[\w.<>, ]+ \w+ = \d+;\s*$", line) and "UNSPECIFIED" not in line
        ]
        assert silent == [], name

"""The AWS SDK's facts against the type stubs that they come from."""

from __future__ import annotations

import runpy
import site
from pathlib import Path

import pytest

from portability.parsers.python import operations

REFRESH = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "refresh_boto3.py"))
FOLDERS = [Path(folder) for folder in site.getsitepackages()]


def installed():
    """The stub packages of this environment, one by one or bundled."""
    return [stub for folder in FOLDERS for stub in sorted(folder.glob("mypy_boto3_*/client.pyi"))]


def test_the_file_knows_the_services_and_where_it_is_from():
    facts = operations.facts()
    assert facts.source.startswith("boto3-stubs")
    assert facts.version[0].isdigit()
    assert len(facts.services) > 400
    assert {"send_message", "create_queue"} <= operations.operations("sqs")
    assert operations.operations("tomorrow") is None


def test_every_result_type_of_a_resource_is_described():
    for service, types in operations.facts().resources.items():
        for kind in types.values():
            named = {*kind.attributes.values(), *(result for _, result in kind.calls.values()), kind.items} - {""}
            assert named <= types.keys()
            known = operations.operations(service)
            assert {operation for operation, _ in kind.calls.values()} - {""} <= known


def test_stubs_spell_services_as_modules():
    assert operations.service_of_module("iot_data") == "iot-data"
    assert operations.service_of_module("lambda") == "lambda"


@pytest.mark.skipif(not installed(), reason="no boto3 stubs are installed")
def test_the_file_agrees_with_the_installed_stubs():
    same = {REFRESH["version"](folder, "boto3_stubs*") for folder in FOLDERS} == {operations.facts().version}
    for stub in installed():
        known = operations.operations(REFRESH["service_name"](stub.parent))
        if known is not None:
            found = REFRESH["client_operations"](stub)
            assert found == known if same else len(found & known) > 0.9 * len(known), "run scripts/refresh_boto3.py"

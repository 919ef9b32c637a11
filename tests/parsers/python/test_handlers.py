"""Functions that a platform calls, told by what they take."""

from __future__ import annotations

from textwrap import dedent

from portability.catalogue import load
from portability.model import Source
from portability.parsers.python import read


def told(code: str) -> list[str]:
    source = Source(path="app/main.py", language="python", data=dedent(code).encode())
    usages = read([source], load().interest)["app/main.py"].usages
    return [f"{it.location.line} {it.symbol}" for it in usages if it.kind != "import"]


def test_a_handler_of_azures_first_model_is_told_once_by_its_parameters():
    code = """
        import azure.functions as func
        def main(req: func.HttpRequest, message: func.Out[str]) -> func.HttpResponse:
            message.set("orders")
    """
    assert told(code) == ["3 azure.functions.HttpRequest", "4 azure.functions.Out.set"]


def test_a_handler_of_the_second_model_is_told_by_its_decorator_alone():
    code = """
        import azure.functions as func
        app = func.FunctionApp()
        @app.route(route="orders")
        def main(req: func.HttpRequest):
            pass
    """
    assert told(code) == ["3 azure.functions.FunctionApp", "4 azure.functions.FunctionApp.route"]


def test_a_helper_that_takes_nothing_of_a_platform_is_no_handler():
    assert told("import azure.functions as func\ndef helper(name: str, at: int): pass") == []

"""Templates that are not rendered: what a chart's values say is in its place, and the rest is read around."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.model import UNKNOWN
from portability.parsers.kubernetes.documents import Document, Refused, compose
from portability.parsers.kubernetes.expressions import evaluate
from portability.parsers.kubernetes.nodes import plain
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.templates import neutralised, off

SCOPE = {
    "Values": {
        "image": {"registry": "x.azurecr.io", "name": "web", "tag": "", "port": 8080},
        "on": True,
        "off": False,
        "none": [],
        "holed": "{{ .Release.Name }}",
        "words": "a: b",
    },
    "Chart": {"AppVersion": "1.2", "Name": "shop"},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (".Values.image.registry", "x.azurecr.io"),
        ("$.Values.image.registry", "x.azurecr.io"),
        (".Values.image.tag | default .Chart.AppVersion", "1.2"),
        ("default .Chart.AppVersion .Values.image.tag", "1.2"),
        ('printf "%s/%s" .Values.image.registry (.Values.image.name | default "a")', "x.azurecr.io/web"),
        ('index .Values "image" "name"', "web"),
        ('ternary "a" "b" .Values.off', "b"),
        ("tpl .Values.image.name .", "web"),
        ("coalesce .Values.image.tag .Values.image.name", "web"),
        ('required "say which" .Values.image.name | quote', "web"),
        ("and .Values.on (not .Values.off)", True),
        ("or .Values.off .Values.none", []),
        ('eq .Values.image.name "web" "api"', True),
        (".Values.image.digest", None),
        ("tpl .Values.holed .", UNKNOWN),
        ("tpl .Values.holed $", UNKNOWN),
        (".Values.nothing.at.all", UNKNOWN),
        (".Release.Name", UNKNOWN),
        ('include "shop.image" .', UNKNOWN),
        ("$image", UNKNOWN),
        (".Values.image.name | upper |", UNKNOWN),
        ('required "say which" .Values.image.tag', UNKNOWN),
        ("", UNKNOWN),
        ("(" * 300, UNKNOWN),
    ],
)
def test_plain_look_ups(expression: str, value: object) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    ("template", "data"),
    [
        ('image: "{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"', "x.azurecr.io/web:"),
        ("image: {{ .Values.image.name | quote }}", "web"),
        ("image: {{ .Values.image.port }}", 8080),
        ("image: {{ .Values.words }}", UNKNOWN),
        ("image: {{ .Release.Name }}", UNKNOWN),
        ('image: "{{ `{{inputs.tag}}` }}"', UNKNOWN),
        ('image: {{"{{inputs.tag}}"}}', UNKNOWN),
        ('image: "{{\n  "{{ .key }}"\n}}"', UNKNOWN),
        ("{{ if .a }}image: web{{ end }}", "web"),
        ("{{- range .a }}\nimage: web\n{{- end }}", "web"),
        ("{{- /* image: {{ old }}\n */ -}}\nimage: web", "web"),
        ("{%- if a %}\nimage: web\n{%- endif %}", "web"),
        ("%{ if a }\nimage: web\n%{ endif }", "web"),
        ("image: web\n{{ if", "unread"),
    ],
)
def test_what_stands_in_the_place_of_an_action(template: str, data: object) -> None:
    try:
        root = compose(Document(neutralised(template, SCOPE).text, 0))
    except Refused:
        assert data == "unread"
    else:
        assert root is not None
        assert plain(root)["image"] == data


def test_keys_that_an_action_indents() -> None:
    text = (
        "metadata:\n  annotations:\n    a: b\n"
        "  {{- range .x }}\n      {{- $key | nindent 4 }}: {{ $value }}\n  {{- end }}\n"
    )
    root = compose(Document(neutralised(text, {}).text, 0))
    assert root is not None
    assert len(plain(root)["metadata"]["annotations"]) == 2


def test_columns_are_those_of_the_file() -> None:
    line = 'a: ["{{ .Values.image.name }}", {{ if .b }}x{{ end }}, "{{ .Release.Name }}", last]'
    filled = neutralised(line, SCOPE)
    root = compose(Document(filled.text, 0))
    assert root is not None
    origin = Origin("a.yaml", [line], fills=filled.fills)
    places = [origin.location(node) for node in root.value[0][1].value]
    assert [line[one.column - 1 : one.end_column - 1] for one in places] == [
        '"{{ .Values.image.name }}"',
        "x",
        '"{{ .Release.Name }}"',
        "last",
    ]


def test_branches_that_values_leave_out() -> None:
    text = (
        "{{- if .Values.off }}\na\n{{- else if .Values.on }}\nb\n{{- else }}\nc\n{{- end }}\n"
        "{{- with .Values.none }}\nd\n{{- end }}\n{{- if .Release.IsInstall }}\ne\n{{- else }}\nf\n{{- end }}\n"
    )
    left_out = {line for one in off(text, SCOPE) for line in range(one.start, one.end)}
    assert [text.split("\n")[line] for line in sorted(left_out)] == ["a", "c", "d"]
    assert {one.switch for one in off(text, SCOPE)} == {"Values.off", "Values.none"}


def test_a_variable_that_has_values_is_what_the_template_began_with() -> None:
    text = "{{- $root := . }}\n{{- if $root.Values.off }}\na\n{{- end }}\n{{- if $item.off }}\nb\n{{- end }}\n"
    assert [(one.start, one.end, one.switch) for one in off(text, SCOPE)] == [(2, 3, "Values.off")]


@given(st.text(alphabet='{}%<>"`-/*$. \nab', max_size=200))
def test_lines_stay_whatever_a_template_holds(text: str) -> None:
    assert neutralised(text, SCOPE).text.count("\n") == text.count("\n")
    list(off(text, SCOPE))


def test_marks_without_an_end_cost_little() -> None:
    text = '{{ "' * 200_000
    assert neutralised(text, SCOPE).text == text

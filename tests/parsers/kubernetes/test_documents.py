"""What is a manifest, how files fall into documents, and what is said of those that cannot be read."""

import json

import pytest

TIE = "apiVersion: a.aws/v1\nkind: Bucket\n"
WANTED = "a.aws/*"


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web: {image: gcr.io/a/b}\n",  # Compose
        "image: gcr.io/a/b\nserviceAccount: {annotations: {eks.amazonaws.com/role-arn: x}}\n",  # Helm's values
        "openapi: 3.0.0\nx: {apiVersion: a.aws/v1, kind: Bucket}\n",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources: {A: {Type: AWS::S3::Bucket}}\n",
        "- apiVersion: a.aws/v1\n  kind: Bucket\n",  # a sequence, such as a playbook
        "apiVersion: a.aws/v1\nname: chart\n",  # Chart.yaml has no kind
        "apiVersion: [a.aws/v1]\nkind: Bucket\n",
        "apiVersion: a.aws/v1\nkind: {a: b}\n",
        # A definition is a schema. It uses nothing, however many providers it names.
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {annotations: {a.aws/x: y}}\n",
        '{"kind": "CustomResourceDefinition", "apiVersion": "a.aws/v1"}',
        "",
        "---\n---\n",
        "just text",
    ],
)
def test_what_is_no_manifest_has_no_usages_and_no_problems(reading, text):
    result = reading(text, WANTED, "image/*", "eks.*", "apiextensions.k8s.io/*")
    assert (result.state, result.usages, result.problems) == ("read", (), ())


def test_lines_are_right_in_every_document(symbols):
    text = f"# a comment\n---\n{TIE}---\n# no manifest\na: b\n--- # another\n{TIE}...\n\n{TIE}"
    assert [line for line, _ in symbols(text, WANTED)] == [3, 9, 13]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_once(symbols, newline):
    assert symbols(f"a: b\n---\n{TIE}".replace("\n", newline), WANTED) == [(3, "a.aws/Bucket")]


def test_a_broken_document_does_not_hide_the_others(reading):
    result = reading(f"{TIE}---\n{TIE}x: [\n---\n{TIE}", WANTED)
    assert [usage.location.line for usage in result.usages] == [1, 8]
    assert (result.state, [(problem.line, problem.kind) for problem in result.problems]) == ("partly", [(7, "syntax")])


def test_a_file_of_one_broken_document_is_unread(reading):
    result = reading(f"# licence\n---\n{TIE}x: [\n", WANTED)
    assert (result.state, result.usages, [problem.kind for problem in result.problems]) == ("unread", (), ["syntax"])


def test_a_separator_within_a_scalar_is_no_separator(symbols):
    assert symbols(f"{TIE}text: |\n  ---\n  a: b\nlast: ---x\n", WANTED) == [(1, "a.aws/Bucket")]


def test_indented_and_flow_documents_are_manifests(symbols):
    assert symbols("  apiVersion: a.aws/v1\n  kind: Bucket\n", WANTED) == [(1, "a.aws/Bucket")]
    assert symbols("--- {apiVersion: a.aws/v1, kind: Bucket}\n", WANTED) == [(1, "a.aws/Bucket")]


def test_json_is_read(reading):
    text = json.dumps({"kind": "Bucket", "apiVersion": "a.aws/v1", "url": "a/b\tc"}, indent="\t").replace("/b", "\\/b")
    result = reading(text, WANTED)
    assert (result.state, [usage.location.line for usage in result.usages]) == ("read", [3])


def test_lists_are_read_in_place(reading):
    text = (
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: a.aws/v1\n    kind: Bucket\n    metadata: {name: one}\n"
        "  - {apiVersion: v1, kind: List, items: [{apiVersion: a.aws/v1, kind: Bucket, metadata: {name: two}}]}\n"
        "  - kind: NoVersion\n"
    )
    found = [(usage.location.line, usage.address) for usage in reading(text, WANTED).usages]
    assert found == [(4, "Bucket/one"), (7, "Bucket/two")]


def test_items_of_a_typed_list_need_not_repeat_its_type(symbols):
    text = "apiVersion: storage.k8s.io/v1\nkind: StorageClassList\nitems:\n- provisioner: ebs.csi.aws.com\n"
    assert symbols(text, "StorageClass/*") == [(4, "StorageClass/ebs.csi.aws.com")]


def test_an_anchor_is_read_where_an_alias_stands_for_it_and_binds_once(symbols):
    pod = "{metadata: {annotations: *notes}}"
    text = f"{TIE}x: &notes\n  b.aws/role: y\nmetadata: {{annotations: *notes}}\nspec: {{template: {pod}}}\n"
    assert symbols(text, "b.aws/role") == [(4, "b.aws/role")]


def test_merge_keys_give_way_to_own_keys(reading):
    text = f"{TIE}x: &base {{size: 1, class: a}}\nspec:\n  <<: [*base]\n  size: 2\n"
    (usage,) = reading(text, WANTED, attributes={"a.aws/Bucket": ("spec", "spec.size", "spec.class")}).usages
    assert dict(usage.values) == {"spec": {"size": 2, "class": "a"}, "spec.size": 2, "spec.class": "a"}


def test_equal_keys_are_both_read_and_the_last_type_counts(symbols):
    text = f"apiVersion: v1\n{TIE}metadata:\n  labels: {{a.aws/x: 1}}\n  labels: {{a.aws/y: 1}}\n"
    assert symbols(text, WANTED) == [(2, "a.aws/Bucket"), (5, "a.aws/x"), (6, "a.aws/y")]


def test_the_last_of_equal_keys_counts_and_the_first_of_merged_ones(reading):
    text = f"{TIE}x: &x {{n: 1, m: 1}}\ny: &y {{n: 2, m: 2}}\nspec:\n  a: 1\n  <<: [*x, *y]\n  m: 3\n  a: 2\n"
    (usage,) = reading(text, WANTED, attributes={"a.aws/Bucket": ("spec", "spec.a", "spec.n", "spec.m")}).usages
    assert dict(usage.values) == {"spec": {"a": 2, "n": 1, "m": 3}, "spec.a": 2, "spec.n": 1, "spec.m": 3}


def test_a_separator_may_end_the_file(reading):
    result = reading(f"---\n{TIE}---", WANTED)
    assert (result.state, len(result.usages)) == ("read", 1)


def test_unknown_tags_are_harmless(symbols):
    text = f"!thing\n{TIE}x: !!python/object/apply:os.system ['false']\ny: !Sub a\n"
    assert symbols(text, WANTED) == [(2, "a.aws/Bucket")]


def test_a_document_without_a_word_that_is_asked_for_is_not_composed(reading):
    """Broken YAML shows that nobody looked."""
    assert reading("apiVersion: v1\nkind: Pod\nx: [\n", WANTED, words=("aws",)).state == "read"
    assert reading("apiVersion: v1\nkind: Pod\nx: [aws\n", WANTED, words=("aws",)).state == "unread"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_every_encoding_of_yaml_is_read(symbols, encoding):
    assert symbols(f"{TIE}x: é\n".encode(encoding), WANTED) == [(1, "a.aws/Bucket")]


def test_bytes_that_are_no_text_are_told_and_the_rest_is_read(reading):
    result = reading(TIE.encode() + b"# caf\xe9\n", WANTED)
    assert (result.state, len(result.usages)) == ("partly", 1)
    assert [(problem.line, problem.kind) for problem in result.problems] == [(3, "encoding")]


def test_a_binary_file_is_unread(reading):
    result = reading(TIE.encode() + b"\0\0\0", WANTED)
    assert (result.state, [(problem.line, problem.kind) for problem in result.problems]) == ("unread", [(3, "binary")])


def test_characters_that_only_old_yaml_breaks_lines_at_do_not_shift_lines(symbols):
    assert symbols(f"# \x85 \u2028 \u2029 \ufeff\n{TIE}", WANTED) == [(2, "a.aws/Bucket")]


def test_tabs_that_indent_are_a_problem_and_no_crash(reading):
    assert [problem.kind for problem in reading(f"{TIE}spec:\n\ta: b\n", WANTED).problems] == ["syntax"]


TEMPLATE = "{{- if .Values.on }}\napiVersion: a.aws/v1\nkind: Bucket\n{{- end }}\n"


def test_a_template_that_is_no_yaml_is_told_once_a_document(reading):
    result = reading(f"{TEMPLATE}---\n{TEMPLATE}---\n{TIE}", WANTED)
    assert [(problem.line, problem.kind) for problem in result.problems] == [(1, "template"), (6, "template")]
    assert (result.state, [usage.location.line for usage in result.usages]) == ("partly", [2, 7, 11])
    assert [usage.confidence for usage in result.usages] == ["likely", "likely", "certain"]


def test_a_chart_template_is_read_around_its_actions_at_its_own_lines(reading):
    text = (
        "{{- /* a comment\nover lines */ -}}\n{{- if .Values.on -}}\napiVersion: v1\nkind: Pod\nmetadata:\n"
        '  name: {{ include "x.name" . }}\n  annotations:\n    a.aws/role: {{ .Values.role | quote }}\n'
        "    {{- with .Values.more }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n"
        "    b.aws/{{ .Values.kind }}: x\n{{- end }}\n"
    )
    result = reading(text, WANTED)
    assert [(usage.symbol, usage.location.line, usage.confidence) for usage in result.usages] == [
        ("a.aws/role", 9, "likely")
    ]
    assert [(problem.line, problem.kind) for problem in result.problems] == [(1, "template")]


@pytest.mark.parametrize("text", ["{{" * 20_000, "{{ a\n" * 5_000, "{{ x }}" * 20_000, " {{ x }}\n" * 20_000 + "{{"])
def test_marks_of_a_template_without_end_are_soon_given_up(reading, text):
    result = reading(f"apiVersion: a.aws/v1\nkind: Bucket\n{text}\n", WANTED)
    assert {problem.kind for problem in result.problems} <= {"template"}


def test_a_template_counts_whatever_words_it_holds(reading):
    """What fills it may name a provider."""
    result = reading("{{ if .Values.on }}\napiVersion: v1\nkind: Pod\n{{ end }}\n", WANTED, words=("aws",))
    assert (result.state, [problem.kind for problem in result.problems]) == ("partly", ["template"])


def test_a_template_whose_holes_are_quoted_is_read(reading):
    result = reading(f'{TIE}metadata: {{name: "{{{{ .Release.Name }}}}"}}\n', WANTED)
    assert (result.state, len(result.usages), result.problems) == ("read", 1, ())


def test_a_template_that_happens_to_be_yaml_is_read_around_its_holes(reading):
    holes = "metadata:\n  annotations: {{ toYaml .Values.notes | nindent 4 }}\nspec: {size: {{ .Values.size }}}\n"
    text = TIE + holes
    result = reading(text, WANTED, attributes={"a.aws/Bucket": ("spec.size", "metadata.annotations.x")})
    assert (result.state, [(problem.line, problem.kind) for problem in result.problems]) == (
        "partly",
        [(4, "template")],
    )
    assert {path: repr(value) for path, value in result.usages[0].values.items()} == {
        "spec.size": "UNKNOWN",
        "metadata.annotations.x": "UNKNOWN",
    }


def test_values_of_a_chart_are_read_by_the_name_of_their_file(reading):
    text = "image:\n  repository: a.aws/app\nserviceAccount:\n  annotations:\n    a.aws/role: x\n"
    found = reading(text, "a.aws/*", "image/a.aws/*", path="chart/values-prod.yaml")
    assert [(usage.symbol, usage.location.line, usage.confidence, usage.address) for usage in found.usages] == [
        ("image/a.aws/app", 2, "likely", "values"),
        ("a.aws/role", 5, "likely", "values"),
    ]
    assert reading(text, "a.aws/*", "image/a.aws/*", path="chart/other.yaml").usages == ()

"""Nothing that a file holds makes the parser raise, hang or find things without an end."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portability.interest import Claim, Interest, NameTable
from portability.model import Source
from portability.parsers.python import read

CLAIM = Claim(service="x/y", role="primary")
INTEREST = Interest(
    names={
        "boto3": NameTable.of([("*", CLAIM)], dotted=True),
        "python": NameTable.of([("boto3", CLAIM), ("azure", CLAIM)], dotted=True),
    },
    attributes={"s3.put_object": ("Bucket", "0", "Metadata.a.b")},
)
SEED = b"""import boto3 as b, asyncio
from azure.cosmos import CosmosClient
from mypy_boto3_s3 import S3Client
class Store(Base):
    table: "Table" = None
    def __init__(self, s3: S3Client = None, *a, **k):
        self.s3 = s3 or b.client(f"{'s'}3", **k)
        self.d["x"], (y, *z) = self.s3, (1, 2)
    @property
    def q(self): return b.resource("sqs").get_queue_by_name(QueueName="q")
    async def run(self):
        async with b.Session().client("s3") as s3, x() as (p, q):
            [await s3.put_object(Bucket=n, Metadata={"a": {"b": n}}) for n in self.d if (w := n)]
        await asyncio.to_thread(self.s3.get_object, Bucket="x")
        for o in self.q.receive_messages(): o.delete()
        match self.q:
            case {"a": y, **rest}: yield (lambda s3=s3: s3.list_buckets())()
        global b
        try: del b
        except* E as b: pass
"""


def look(data: bytes):
    return read([Source(path="m.py", language="python", data=data)], INTEREST)["m.py"]


@given(st.binary(max_size=300))
def test_bytes(data):
    look(b"import boto3\n" + data)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_python(data):
    text = bytearray(SEED)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        source = data.draw(st.integers(0, len(SEED)))
        piece = data.draw(st.sampled_from([b"", SEED[source : source + 15], b"(", b"s3", b".", b"\n", b" ", b"'"]))
        text[start:end] = piece
    reading = look(bytes(text))
    assert reading.state == "read" or reading.problems


START = b"import boto3\ns3 = boto3.client('s3')\n"
HOSTILE = {
    "rebinding": START + b"s3 = s3.foo()\n" * 3_000,
    "conditional rebinding": START + b"if a:\n  s3 = boto3.client('sqs')\n" * 2_000 + b"s3.put_object()\n" * 2_000,
    "doubling text": START + b"a0 = 'xxxx'\n" + b"".join(b"a%d = a%d + a%d\n" % (i + 1, i, i) for i in range(60))
    + b"boto3.client(a60)\n",
    "doubling lists": START + b"a0 = [1]\n" + b"".join(b"a%d = [%s]\n" % (i + 1, b"a%d," % i * 40) for i in range(9))
    + b"s3.put_object(Bucket=a9)\n" * 50,
    "functions that call each other": START + b"def f0(): return s3\n"
    + b"".join(b"def f%d(): return f%d() or f%d()\n" % (i + 1, i, i) for i in range(1_000)) + b"f1000().put_object()\n",
    "a function that calls itself": START + b"def f(x): return f(f(x))\nf(f).put_object()\n",
    "a name that holds itself": START + b"x = x\nx = [x]\nx[0].put_object()\n",
    "a class that is its own base": START + b"class A(A): x = x\nA().y.z()\n"
    + b"class B(C): pass\nclass C(B): pass\nB().y.z()\n",
    "many bases": START + b"class A0: x = s3\n" + b"".join(b"class A%d(A%d): pass\n" % (i + 1, i) for i in range(1_500))
    + b"".join(b"A%d().x.put_object()\n" % i for i in range(1_500)),
    "big dict": START + b"d = {" + b"".join(b"'k%d': s3," % i for i in range(3_000)) + b"}\n"
    + b"".join(b"d['k%d'].put_object()\n" % i for i in range(3_000)),
    "long chain": START + b"s3" + b".get_object()" * 300,
    "nested lambdas": START + b"x = " + b"lambda: " * 150 + b"s3.put_object()\n",
    "elif": START + b"if a: pass\n" + b"elif a:\n  s3 = boto3.client('sqs')\n" * 150,
    "many broken statements": START + b"print 'x'\n" * 10_000,
    "open brackets": START + b"f(a=" * 190,
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_take_bounded_time(data):
    start = time.perf_counter()
    reading = look(data)
    assert time.perf_counter() - start < 10
    assert reading.usages


def test_reading_twice_gives_the_same():
    assert look(SEED) == look(SEED)
    assert list(look(SEED).usages) == sorted(look(SEED).usages, key=lambda usage: usage.location)

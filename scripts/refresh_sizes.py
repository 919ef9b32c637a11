"""Writes portability/data/machine-sizes.json: vCPU and memory (GiB) of machine types.

``python scripts/refresh_sizes.py`` takes EC2's from the installed ``moto`` (Apache-2.0), which carries what
DescribeInstanceTypes says. Where a name tells its size (Google's, most of Azure's) no table is needed: see
``portability/proposals/sizes.py``. The same ``moto`` gives the same bytes.
"""

from __future__ import annotations

import gzip
import json
from importlib import metadata
from pathlib import Path

OUT = Path(__file__).parents[1] / "portability/data/machine-sizes.json"


def main() -> None:
    """Read, thin out, write."""
    moto = metadata.distribution("moto")
    packed = Path(str(moto.locate_file("moto/ec2/resources/instance_types.json.gz"))).read_bytes()
    types = json.loads(gzip.decompress(packed))
    sizes: dict[str, dict[str, list[float]]] = {}
    for name, facts in sorted(types.items()):
        family, _, size = name.partition(".")
        memory = facts["MemoryInfo"]["SizeInMiB"] / 1024
        sizes.setdefault(family, {})[size] = [
            facts["VCpuInfo"]["DefaultVCpus"], int(memory) if memory.is_integer() else memory
        ]  # fmt: skip
    out = {"source": f"moto {moto.version}, ec2/resources/instance_types.json.gz", "ec2": sizes}
    OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

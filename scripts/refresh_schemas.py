"""Writes portability/data/terraform-schemas.json: what the providers of proposals accept.

``python scripts/refresh_schemas.py FACTS`` reads ``ovh-schema.json`` and ``openstack-schema.json`` from FACTS: what
``terraform providers schema -json`` says, in the form ``{meta, resource: {type: {attributes, blocks}}, data: {…}}``.
``scripts/documented-schemas.json`` adds types of providers whose schema was not read, as their documentation has them.
Only what can be written is kept; ``!`` marks what is required. The same files give the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OUT = ROOT / "portability/data/terraform-schemas.json"


def main(facts: Path) -> None:
    """Read, thin out, write."""
    out: dict[str, Any] = {"sources": {}, "resource": {}, "data": {}}
    for name in ("ovh", "openstack"):
        schema = json.loads((facts / f"{name}-schema.json").read_text(encoding="utf-8"))
        meta = schema["meta"]
        out["sources"][name] = {key: meta[key] for key in sorted(meta) if isinstance(meta[key], str)}
        for kind in ("resource", "data"):
            out[kind].update({type: _block(block) for type, block in schema[kind].items()})
    documented = json.loads((Path(__file__).parent / "documented-schemas.json").read_text(encoding="utf-8"))
    out["sources"].update(documented["sources"])
    out["resource"].update(documented["resource"])
    OUT.write_text(json.dumps(out, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def _block(block: dict[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, one in block.get("attributes", {}).items():
        if not (one.get("required") or one.get("optional")):
            continue
        mark = "!" if one.get("required") else ""
        if "attributes" in one:
            attributes[name] = {"type": one["type"] + mark, **_block(one)}
        else:
            attributes[name] = one["type"] + mark
    thin: dict[str, Any] = {"attributes": attributes}
    blocks = {name: _nested(one) for name, one in block.get("blocks", {}).items() if name != "timeouts"}
    return thin | ({"blocks": blocks} if blocks else {})


def _nested(block: dict[str, Any]) -> dict[str, Any]:
    return _block(block) | ({"required": True} if block.get("min_items") else {})


if __name__ == "__main__":
    main(Path(sys.argv[1]))

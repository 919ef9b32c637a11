"""Renders the chart in a folder by a library, for whoever has no ``helm``: what ``helm template`` prints.

Run as a program of its own, so that the run does not wait for it, or end with it.
"""

import sys
from importlib import import_module


def main(_release: str, folder: str) -> None:
    """Print each template under the comment that Helm writes above it."""
    library = import_module("helm_python")
    with library.Chart.load(folder) as chart:
        for name, text in sorted(chart.render({}, name="release-name", namespace="default").items()):
            if name.endswith((".yaml", ".yml", ".json")):
                sys.stdout.write(f"---\n# Source: {name}\n{text}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

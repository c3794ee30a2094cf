"""Is the JavaScript of others that the pages use what its manifest says, and can it be made again byte for byte?

    python vendoring/rebuild.py            makes it anew from `package-lock.json` (needs Node; users need none)
    python vendoring/rebuild.py --check    makes it beside, and tells whether the very same bytes come out

To renew: change the versions in `package.json`, run `npm install --omit-lockfile-registry-resolved --ignore-scripts` in
this folder, then this script, and look at the pages.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "claims" / "static" / "vendor"
MANIFEST = TARGET / "manifest.json"
BUNDLES = ("cytoscape",)  # each is made of the module of this name in this folder


def build(into: Path) -> dict[str, Any]:
    """Make the bundles in a folder; return their manifest."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    files = []
    for name in BUNDLES:
        made = into / f"{name}.js"
        options = [
            "--bundle",
            "--format=esm",
            "--minify",
            "--target=es2020",
            "--legal-comments=none",
            "--log-level=warning",
        ]
        subprocess.run(["node_modules/.bin/esbuild", f"{name}.js", f"--outfile={made}", *options], cwd=HERE, check=True)
        files.append(
            {"file": made.name, "sha256": hashlib.sha256(made.read_bytes()).hexdigest(), "made_of": _made_of(lock)}
        )
    licences = _licences(lock)
    (into / "LICENCES.txt").write_text(licences)
    return {
        "how_to_renew": "vendoring/rebuild.py tells",
        "bundler": f"esbuild {lock['node_modules/esbuild']['version']}",
        "files": files,
    }


def _made_of(lock: dict[str, Any]) -> list[dict[str, str]]:
    """Return the packages that go into the bundle, as they were locked."""
    return [
        {
            "package": path.removeprefix("node_modules/"),
            "version": entry["version"],
            "licence": entry["license"],
            "integrity": entry["integrity"],
        }
        for path, entry in sorted(lock.items())
        if path and not entry.get("dev")
    ]


def _licences(lock: dict[str, Any]) -> str:
    """Return the licences of all that was bundled, word for word."""
    texts = []
    for path, entry in sorted(lock.items()):
        if path and not entry.get("dev"):
            (text,) = (HERE / path).glob("LICENSE*")
            texts.append(f"{path.removeprefix('node_modules/')} {entry['version']}\n\n{text.read_text().strip()}\n")
    return "\n---\n\n".join(texts)


def main() -> int:
    """Make the files anew, or check those that are there."""
    if "--check" not in sys.argv[1:]:
        MANIFEST.write_text(json.dumps(build(TARGET), indent=2) + "\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = build(Path(folder))
        wrong = [] if made == json.loads(MANIFEST.read_text()) else [MANIFEST.name]
        for path in sorted(Path(folder).iterdir()):
            if path.read_bytes() != (TARGET / path.name).read_bytes():
                wrong.append(path.name)
    sys.stdout.write(f"differs: {', '.join(wrong)}\n" if wrong else "the same bytes\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

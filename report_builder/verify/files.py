"""Are the files those that the manifest names?"""

from __future__ import annotations

import hashlib

from report_builder.verify.check import Check
from report_builder.verify.folder import Results


def check_files(results: Results) -> Check:
    """Every output of the manifest is there with its SHA-256, and no other figure lies beside them."""
    check = Check("files")
    for name, digest in results.outputs.items():
        path = results.folder / name
        if not path.is_file():
            check.faults.append(f"{name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            check.faults.append(
                f"{name} is not the file that was built: its SHA-256 differs from the manifest's."
            )
    folder = results.folder / "figures"
    lying = {f"figures/{path.name}" for path in folder.iterdir()} if folder.is_dir() else set()
    check.faults += [
        f"{name} is not named by the manifest." for name in sorted(lying - results.outputs.keys())
    ]
    check.said = f"{len(results.outputs)} files of the manifest, by SHA-256"
    return check

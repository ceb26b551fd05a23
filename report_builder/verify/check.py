"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Check:
    """One check. said: what was compared, with counts; remarks: what is worth knowing and no fault."""

    name: str
    said: str = ""
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

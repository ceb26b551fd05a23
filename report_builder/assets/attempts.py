"""Whether a download is tried: not offline, and not again at once after it failed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from report_builder.assets.asset import Cause, Reason, write_atomically

PATIENCE = 10.0
RETRY_AFTER = 3600.0


@dataclass(frozen=True)
class Attempt:
    """A download from `address`, whose failure is kept in the file `record`.

    retry_after: seconds for which a failed download is not tried again, so that a machine without a
    network does not wait at every build.
    """

    address: str
    record: Path
    offline: bool
    retry_after: float = RETRY_AFTER

    def refusal(self) -> Reason | None:
        """Why it is not tried: offline, or a recent attempt at the same address failed."""
        if self.offline:
            return Reason("download", "offline", "the build is offline")
        try:
            values = json.loads(self.record.read_text(encoding="utf-8"))
            recent = abs(time.time() - self.record.stat().st_mtime) < self.retry_after
            cause: Cause | None = values["cause"] if values["cause"] in get_args(Cause) else None
            if recent and cause and values["address"] == self.address:
                return Reason("download", cause, str(values["detail"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass  # no record, or a broken one: try the download
        return None

    def remember(self, failure: Reason | None) -> None:
        """Keep the failure for `retry_after`, or forget an earlier one. Raises OSError."""
        if failure is None:
            self.record.unlink(missing_ok=True)
            return
        values = {"address": self.address, "cause": failure.cause, "detail": failure.detail}
        write_atomically(self.record, json.dumps(values))

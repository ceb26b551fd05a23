"""torchvision imports and its networks run, whichever torch is beside it."""

import subprocess
import sys


def run(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_vgg16_runs_after_the_call():
    code = """
import torch
from report_builder.torchvision_shim import declare_missing_operators
declare_missing_operators()
from torchvision import models
model = models.vgg16(weights=None).eval()
model.classifier = torch.nn.Identity()
with torch.no_grad():
    print(*model(torch.zeros(1, 3, 32, 32)).shape)
"""
    assert run(code) == ["1", str(512 * 7 * 7)]


def test_operators_that_are_there_are_left_alone():
    """Ones that this test declares first; declaring an operator twice would raise."""
    code = """
import torch
for name in ("nms", "qnms"):
    schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    torch.library.define(f"torchvision::{name}", schema)
before = torch.ops.torchvision.nms
import report_builder.torchvision_shim as shim
shim._load_compiled_operators = lambda: None
shim.declare_missing_operators()
shim.declare_missing_operators()
print(torch.ops.torchvision.nms is before)
"""
    assert run(code) == ["True"]


def test_the_schemas_are_torchvisions_own():
    """Where the compiled operators load, theirs; elsewhere the ones declared here."""
    code = """
import torch
from report_builder.torchvision_shim import SCHEMAS, declare_missing_operators
declare_missing_operators()
import torchvision
for name, schema in SCHEMAS.items():
    assert str(getattr(torch.ops.torchvision, name).default._schema) == f"torchvision::{name}{schema}"
print("same")
"""
    assert run(code) == ["same"]

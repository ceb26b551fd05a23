"""The methods of the section, by the keys under which all of the report names them."""

from __future__ import annotations

PLAIN = "input_x_gradient"
IMPROVEMENTS = ("deeplift", "integrated_gradients")

"""Many runs: every seed in every cell of a grid of settings, and what they say together."""

import tomllib

import pytest

from report_builder.render.formulas import draw_formula, for_print, inline_formula
from report_builder.render.fragment import PROJECT

FORMULAS = tomllib.loads((PROJECT / "templates/formulas.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_formula_is_as_high_as_a_formula(name):
    drawn = draw_formula(FORMULAS[name], True)
    assert 0.5 < drawn.height < 12
    assert drawn.width < 160 / 25.4 * 72 / 10.5, "wider than the text"
    assert drawn.path.startswith("M")
    assert "\\" not in drawn.mathml, "a command that MathML did not understand"


def test_a_formula_has_the_colour_of_the_text_on_screen_and_an_alternative_text_on_paper():
    markup = inline_formula("x_i < 1")
    assert "fill" not in markup
    assert 'class="mathml"' in markup
    assert 'aria-hidden="true"' in markup
    paper = for_print(f"<p>{markup}</p>")
    assert 'alt="x_i &lt; 1"' in paper
    assert "<math" not in paper
    assert "data:image/svg+xml" in paper


def test_an_unreadable_formula_is_named():
    with pytest.raises(ValueError, match=r"formula .*frac"):
        draw_formula(r"\frac{1}", True)

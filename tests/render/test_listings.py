import ast

import pytest
from markupsafe import Markup

from report_builder.render.fragment import PROJECT
from report_builder.render.listings import ListingError, cut, highlight, source_file

MODULE = '''import never_installed

LIMIT = (
    1,
)


@decorated(
    "x"
)
class Net:
    """First line.

    More than a reader of a listing wants.
    """

    def forward(self, x):
        """One line."""
        return x < 1  # why


def later():
    """First.

    Second."""
    return None
'''


@pytest.fixture
def module(tmp_path):
    file = tmp_path / "net.py"
    file.write_text(MODULE)
    return file


def test_code_is_cut_without_being_imported(module):
    found = cut("package.net:Net", module)
    assert (found.path, found.first_line, found.name) == ("package/net.py", 8, "Net")
    assert found.code.startswith('@decorated(\n    "x"\n)\nclass Net:\n    """First line."""\n')
    assert "More than" not in found.code
    assert found.code.endswith("return x < 1  # why")
    ast.parse(found.code)


def test_a_method_a_function_and_a_constant(module):
    assert cut("net:Net.forward", module).code.startswith("def forward(self, x):\n    ")
    assert cut("net:later", module).code == 'def later():\n    """First."""\n    return None'
    assert cut("net:LIMIT", module).code == "LIMIT = (\n    1,\n)"


@pytest.mark.parametrize("name", ["Nothing", "Net.nothing", "later.inner"])
def test_a_missing_name_is_an_error(module, name):
    with pytest.raises(ListingError, match=name):
        cut(f"net:{name}", module)


def test_shown_code_is_the_code_that_ran():
    address = "report_builder.render.numbers:localise_digits"
    file = PROJECT / source_file(address)
    found = cut(address, file)
    lines = file.read_text().splitlines()[found.first_line - 1 :]
    assert lines[: len(found.code.splitlines())] == found.code.splitlines()


def test_highlighting_keeps_every_character():
    code = 'def f(a):\n    return a < "<b>&"'
    assert Markup(highlight(code)).striptags() == " ".join(code.split())
    assert "<b>" not in highlight(code)

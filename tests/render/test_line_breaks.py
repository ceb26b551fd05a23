"""A line is broken at its end, whatever stands there."""

import pytest
from weasyprint import CSS, HTML
from weasyprint.formatting_structure.boxes import LineBox, TextBox

from report_builder.render.line_breaks import full_lines

WIDTHS = range(400, 800, 2)
TEXTS = {
    "rtl": "منحنی‌های آن را می‌توان یک‌به‌یک خواند: گلوکز پلاسما بیشترین سهم را دارد و <b>۶۷</b> درصد از کل",
    "ltr": "Its curves can be read one by one: the first carries most and three of them <b>67</b> in all",
}


def first_lines(direction):
    """The first line of a paragraph that is set in each of the widths."""
    paragraphs = "".join(f'<p style="width: {width}px">{TEXTS[direction]}</p>' for width in WIDTHS)
    sheet = CSS(string="@page { size: 1000mm 9000mm }")
    document = HTML(string=f'<html dir="{direction}">{paragraphs}').render(stylesheets=[sheet])
    for box in document.pages[0]._page_box.descendants():
        if box.element_tag == "p" and not isinstance(box, LineBox | TextBox):
            yield "".join(text.text for text in box.children[0].descendants() if isinstance(text, TextBox))


@pytest.mark.parametrize("direction", TEXTS)
def test_no_line_ends_after_its_first_word(direction):
    with full_lines():
        lines = list(first_lines(direction))
    assert len(lines) == len(WIDTHS)
    assert all(len(line.split()) > 2 for line in lines)

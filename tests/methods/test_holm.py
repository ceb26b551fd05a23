import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.methods.holm import holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(P_VALUES)
def test_never_below_p_and_never_above_bonferroni(p):
    corrected = holm(p)
    assert (corrected >= p).all()
    assert (corrected <= np.minimum(1, np.multiply(p, len(p)))).all()


@given(P_VALUES)
def test_keeps_the_order(p):
    order = np.argsort(p, kind="stable")
    assert (np.diff(holm(p)[order]) >= 0).all()


@given(P_VALUES, st.randoms())
def test_does_not_depend_on_the_order_of_the_tests(p, random):
    places = list(range(len(p)))
    random.shuffle(places)
    np.testing.assert_allclose(holm(np.array(p)[places]), holm(p)[places])


@given(P_VALUES, st.floats(0.001, 0.2))
def test_rejects_as_the_sequential_procedure_does(p, level):
    rejected = set()
    for place, i in enumerate(np.argsort(p, kind="stable")):
        if p[i] * (len(p) - place) >= level:
            break
        rejected.add(int(i))
    assert {i for i, q in enumerate(holm(p)) if q < level} == rejected


def test_one_test_needs_no_correction():
    assert holm([0.03]) == pytest.approx([0.03])
    assert len(holm([])) == 0


@pytest.mark.parametrize("p", [[-0.1], [1.1], [np.nan], [[0.1]]])
def test_rejects_what_is_no_p_value(p):
    with pytest.raises(ValueError, match="p-values"):
        holm(p)

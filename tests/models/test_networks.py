"""Laws of the two networks."""

import pytest
import torch
from torch import nn

from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM, FeaturewiseLinear, importance, shape_functions
from report_builder.models.training import seeded


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param


def rows(n=37, features=8, dtype=torch.float32):
    return torch.randn(n, features, generator=torch.Generator().manual_seed(1), dtype=dtype)


def nam(dtype=torch.float32, features=8, **settings):
    with seeded(0):
        model = NAM(features, **settings).to(dtype).eval()
        nn.init.constant_(model.bias, 0.3)
    return model


@pytest.mark.parametrize("make", [MLP, NAM])
def test_logits_and_probabilities_are_one_per_row(make):
    model, x = make(8).eval(), rows()
    assert model(x).shape == model.probability(x).shape == (37,)
    torch.testing.assert_close(model.probability(x), torch.sigmoid(model(x)))
    assert model(x[:1]).shape == (1,)


@pytest.mark.parametrize("make", [MLP, NAM])
def test_every_activation_is_a_module_of_its_own_and_not_in_place(make):
    model = make(3)
    called = []
    for name, module in model.named_modules():
        if isinstance(module, nn.ReLU):
            assert not module.inplace
            module.register_forward_hook(lambda *_, name=name: called.append(name))
    model.eval()(rows(features=3))
    assert len(called) == len(set(called)) == (4 if make is MLP else 2)


def test_mlp_has_the_layers_that_were_asked_for():
    kinds = [type(layer).__name__ for layer in MLP(8).layers]
    assert kinds == [
        *("Linear", "ReLU", "BatchNorm1d"),
        *("Linear", "ReLU", "Dropout"),
        *("Linear", "ReLU", "Linear", "ReLU", "Linear"),
    ]
    widths = [(m.in_features, m.out_features) for m in MLP(8).layers if isinstance(m, nn.Linear)]
    assert widths == [(8, 100), (100, 50), (50, 50), (50, 20), (20, 1)]
    assert MLP(8).layers[5].p == 0.2


def test_contributions_and_bias_add_up_to_the_logit(dtype):
    model, x = nam(dtype), rows(dtype=dtype)
    error = (model.contributions(x).sum(1) + model.bias - model(x)).abs().max()
    assert error < (1e-5 if dtype == torch.float32 else 1e-12)


def test_a_contribution_depends_on_its_own_feature_only():
    model, x = nam(torch.float64), rows(dtype=torch.float64)
    for feature in range(8):
        changed = x.clone()
        changed[:, feature] += 1.7
        difference = (model.contributions(changed) - model.contributions(x)).abs().amax(0)
        assert difference[feature] > 1e-6
        difference[feature] = 0
        assert difference.max() == 0


def test_all_networks_at_once_are_the_same_as_one_after_another():
    """The batched product against one nn.Sequential of nn.Linear per feature."""
    model, x = nam(torch.float64), rows(dtype=torch.float64)
    columns = []
    for feature in range(8):
        layers = []
        for module in model.networks:
            if isinstance(module, FeaturewiseLinear):
                _, inputs, outputs = module.weight.shape
                linear = nn.Linear(inputs, outputs, dtype=torch.float64)
                linear.load_state_dict(
                    {"weight": module.weight[feature].T, "bias": module.bias[feature].squeeze(0)}
                )
                layers.append(linear)
            elif isinstance(module, nn.ReLU):
                layers.append(nn.ReLU())
        columns.append(nn.Sequential(*layers)(x[:, feature : feature + 1]))
    torch.testing.assert_close(model.contributions(x), torch.cat(columns, 1), rtol=0, atol=1e-12)


def test_centring_changes_no_logit_and_makes_every_mean_zero(dtype):
    model, x, other = nam(dtype), rows(dtype=dtype), rows(9, dtype=dtype) * 2
    tolerance = 1e-5 if dtype == torch.float32 else 1e-12
    before = model(other).detach()
    model.centre(x)
    assert (model(other) - before).abs().max() < tolerance
    assert model.contributions(x).mean(0).abs().max() < tolerance
    assert (model.contributions(other).sum(1) + model.bias - model(other)).abs().max() < tolerance
    contributions, bias = model.contributions(other).detach(), model.bias.detach().clone()
    model.centre(x)
    torch.testing.assert_close(model.contributions(other), contributions)
    torch.testing.assert_close(model.bias.detach(), bias)


def test_importance_does_not_depend_on_how_constants_are_shared_out():
    model, shifted, x = nam(torch.float64), nam(torch.float64), rows(dtype=torch.float64)
    with torch.no_grad():
        shifted.networks[-1].bias += 5.0
        shifted.bias -= 40.0
    torch.testing.assert_close(model(x), shifted(x))
    for each in (model, shifted):
        each.centre(x)
    torch.testing.assert_close(importance(model, x), importance(shifted, x))
    torch.testing.assert_close(importance(model, x), model.contributions(x).abs().mean(0))


def test_shape_functions_span_the_rows_and_equal_the_contributions():
    model, x = nam(torch.float64), rows(dtype=torch.float64)
    grid, values = shape_functions(model, x, points=21)
    assert grid.shape == values.shape == (21, 8)
    torch.testing.assert_close(grid[0], x.amin(0))
    torch.testing.assert_close(grid[-1], x.amax(0))
    for feature in range(8):
        one = x[:1].repeat(21, 1)
        one[:, feature] = grid[:, feature]
        torch.testing.assert_close(model.contributions(one)[:, feature], values[:, feature])


def test_feature_dropout_drops_whole_contributions():
    model = nam(torch.float64, dropout=0.0, feature_dropout=0.5).train()
    x = rows(400, dtype=torch.float64)
    with seeded(3):
        logits = model(x)
    with seeded(3):
        kept = model.feature_dropout(torch.ones_like(model.contributions(x)))
    assert set(kept.unique().tolist()) == {0.0, 2.0}
    torch.testing.assert_close(logits, (kept * model.contributions(x)).sum(1) + model.bias)


def test_output_penalty_is_the_mean_square_of_the_contributions():
    model, x = nam(torch.float64), rows(dtype=torch.float64)
    torch.testing.assert_close(model.output_penalty(x), (model.contributions(x) ** 2).sum() / (37 * 8))

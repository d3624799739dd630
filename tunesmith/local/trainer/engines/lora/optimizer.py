"""AdamW on an adapter's weights, with a state that can be written down."""

from typing import Any

from .libraries import Tensor, torch

_LARGEST_NORM = 1.0
_MOMENTS = ("exp_avg", "exp_avg_sq")


class Optimizer:
    """Steps for the trainable weights of a model, and nothing else of it."""

    def __init__(self, model: Any) -> None:
        self._named: dict[str, Any] = {
            name: one for name, one in model.named_parameters() if one.requires_grad
        }
        self._adam = torch.optim.AdamW(self._named.values(), lr=0.0, weight_decay=0.0)

    def step(self, rate: float) -> None:
        """Follow the gradients, which are cut to a norm of 1, and drop them."""
        torch.nn.utils.clip_grad_norm_(self._named.values(), _LARGEST_NORM)
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """The weights and the optimizer's moments."""
        found: dict[str, Tensor] = {}
        for name, weight in self._named.items():
            found[f"weight/{name}"] = weight
            for moment in _MOMENTS:
                if weight in self._adam.state:
                    found[f"{moment}/{name}"] = self._adam.state[weight][moment]
        return found

    def restore(self, tensors: dict[str, Tensor], step: int) -> None:
        """Go on from what `tensors` gave after this step."""
        with torch.no_grad():
            for name, weight in self._named.items():
                weight.copy_(tensors[f"weight/{name}"])
                if f"{_MOMENTS[0]}/{name}" in tensors:
                    self._adam.state[weight] = {
                        "step": torch.tensor(float(step)),
                        **{
                            moment: tensors[f"{moment}/{name}"].to(weight.device)
                            for moment in _MOMENTS
                        },
                    }

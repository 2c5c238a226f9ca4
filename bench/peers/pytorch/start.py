"""Starts, and comes to the first gradient of a tiny network."""
import torch
import torch.nn.functional as F

v = torch.tensor([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], requires_grad=True)
w = torch.tensor([[0.7], [-0.8], [0.9]], requires_grad=True)
b = torch.zeros(1, requires_grad=True)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
z = (x @ v).sigmoid() @ w + b
(F.binary_cross_entropy_with_logits(z, y, reduction="sum") / 4).backward()
print(v.grad.tolist())

/** @file Losses. */
import {
  crossEntropy,
  crossEntropyFromLogits,
  huber,
  mae,
  mse,
  type Reduction,
  smoothL1,
  softMargin,
  softmaxCrossEntropy,
} from "@deltagrad/nn";
import type { Tensor } from "@deltagrad/tensor";
import type { Family } from "../adapt.ts";
import type { Adapter, Kwargs } from "../compare.ts";

/** PyTorch's default, and what it is told. */
const reductionOf = ({ reduction = "mean" }: Kwargs): { readonly reduction: Reduction } => ({
  reduction: reduction as Reduction,
});

type Loss = (outputs: Tensor, targets: Tensor, options: { readonly reduction: Reduction }) => Tensor;

const loss =
  (f: Loss, options: (kwargs: Kwargs) => object = () => ({})): Adapter =>
  (kwargs, outputs, targets) =>
    f(outputs!, targets!, { ...reductionOf(kwargs), ...options(kwargs) });

const option = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

export const losses: Family = {
  adapters: {
    "nn.functional.mse_loss": loss(mse),
    "nn.functional.l1_loss": loss(mae),
    "nn.functional.huber_loss": loss(huber, ({ delta }) => option("delta", delta)),
    "nn.functional.smooth_l1_loss": loss(smoothL1, ({ beta }) => option("beta", beta)),
    "nn.functional.soft_margin_loss": loss(softMargin),
    "nn.functional.binary_cross_entropy": (kwargs, h, y, weight) =>
      crossEntropy(h!, y!, { ...reductionOf(kwargs), weight: weight ?? undefined }),
    "nn.functional.binary_cross_entropy_with_logits": (kwargs, z, y, weight, positiveWeight) =>
      crossEntropyFromLogits(z!, y!, {
        ...reductionOf(kwargs),
        weight: weight ?? undefined,
        positiveWeight: positiveWeight ?? undefined,
      }),
    "nn.functional.cross_entropy": (kwargs, z, targets, weight) =>
      softmaxCrossEntropy(z!, targets!, {
        ...reductionOf(kwargs),
        weight: weight ?? undefined,
        ...option("ignoreIndex", kwargs.ignore_index),
        ...option("labelSmoothing", kwargs.label_smoothing),
      }),
  },
  names: {
    "nn.functional.mse_loss": "mse",
    "nn.functional.l1_loss": "mae",
    "nn.functional.huber_loss": "huber",
    "nn.functional.smooth_l1_loss": "smoothL1",
    "nn.functional.soft_margin_loss": "softMargin",
    "nn.functional.binary_cross_entropy": "crossEntropy",
    "nn.functional.binary_cross_entropy_with_logits": "crossEntropyFromLogits",
    "nn.functional.cross_entropy": "softmaxCrossEntropy",
  },
  exceptions: {
    "PyTorch cuts off the logarithm at −100 and h(1 − h) at 10⁻¹²: an impossible target costs ∞ here, and at h = y = 0 the slope is 1":
      [
        ...[2, 3].map((i) => `nn.functional.binary_cross_entropy/5 value[0][${i}]`),
        ...[0, 2, 3].map((i) => `nn.functional.binary_cross_entropy/5 gradient[0][${i}]`),
      ],
    "PyTorch's second derivative has a 10⁻¹² in its denominator: ours agree to 15 digits with 50-digit arithmetic": [
      "nn.functional.binary_cross_entropy/1 hvp[0][3]",
      "nn.functional.binary_cross_entropy/1 hvp[0][9]",
      "nn.functional.binary_cross_entropy/3 hvp[0][5]",
      "nn.functional.binary_cross_entropy/4 hvp[0][6]",
    ],
    "at logits of ±40 PyTorch loses e⁻⁴⁰, which is what the right answer costs": [2, 3].map(
      (i) => `nn.functional.binary_cross_entropy_with_logits/7 value[0][${i}]`,
    ),
  },
};

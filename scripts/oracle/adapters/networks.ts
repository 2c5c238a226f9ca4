/** @file Convolutions, pooling, normalization, activations: the kernels of neural networks. */
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool1d,
  batchNorm,
  type ConvOptions,
  type ConvTransposeOptions,
  conv2d,
  convTranspose2d,
  dropout,
  embedding,
  groupNorm,
  type Im2colOptions,
  im2col,
  instanceNorm,
  layerNorm,
  linear,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  type OutputExtents,
  type PerAxis,
  rng,
  type Tensor,
} from "@deltagrad/tensor";
import type { Family } from "../adapt.ts";
import type { Adapter, Kwargs } from "../compare.ts";

type Convolution = (x: Tensor, weight: Tensor, options: ConvOptions & ConvTransposeOptions) => Tensor;
type MaxPooling = (x: Tensor, kernel: PerAxis, options: MaxPoolOptions & { readonly returnIndices: true }) => Tensor[];

/** PyTorch's options under our names; null is as good as not given. */
const renamed = (kwargs: Kwargs, names: Readonly<Record<string, string>>): object =>
  Object.fromEntries(
    Object.entries(kwargs).flatMap(([name, value]) => (value === null ? [] : [[names[name] ?? name, value]])),
  );

const convolution =
  (f: Convolution): Adapter =>
  (kwargs, x, weight, bias) =>
    f(x!, weight!, { ...renamed(kwargs, { output_padding: "outputPadding" }), bias: bias ?? undefined });

const maxPooling =
  (f: MaxPooling): Adapter =>
  ({ kernel_size, return_indices, ...kwargs }, x) => {
    const options = { ...renamed(kwargs, { ceil_mode: "ceilMode" }), returnIndices: true } as const;
    const both = f(x!, kernel_size as PerAxis, options);
    return return_indices ? both : both[0]!;
  };

/** How a layer is scaled and shifted: `eps` among PyTorch's parameters, weight and bias among the tensors. */
const scaling = ({ eps }: Kwargs, weight: Tensor | undefined, bias: Tensor | undefined) => ({
  ...(eps === undefined ? {} : { epsilon: eps as number }),
  weight: weight ?? undefined,
  bias: bias ?? undefined,
});

export const networks: Family = {
  adapters: {
    "nn.functional.conv2d": convolution(conv2d),
    "nn.functional.conv_transpose2d": convolution(convTranspose2d),
    "nn.functional.max_pool1d": maxPooling(maxPool1d as MaxPooling),
    "nn.functional.max_pool2d": maxPooling(maxPool2d as MaxPooling),
    "nn.functional.avg_pool1d": ({ kernel_size, ...kwargs }, x) => {
      const y = avgPool1d(
        x!,
        kernel_size as PerAxis,
        renamed(kwargs, { ceil_mode: "ceilMode", count_include_pad: "countIncludePad" }) as AvgPoolOptions,
      );
      // PyTorch cuts means of whole numbers to whole numbers.
      return x!.dtype === "int32" ? y.cast("int32") : y;
    },
    "nn.functional.adaptive_avg_pool2d": ({ output_size }, x) => adaptiveAvgPool2d(x!, output_size as OutputExtents),
    "nn.functional.unfold": ({ kernel_size, ...kwargs }, x) =>
      im2col(x!, kernel_size as PerAxis, kwargs as Im2colOptions),
    "nn.functional.linear": (_kwargs, x, weight, bias) => linear(x!, weight!, bias ?? undefined),
    "nn.functional.embedding": (_kwargs, indices, table) => embedding(indices!, table!),
    "nn.functional.layer_norm": (kwargs, x, weight, bias) =>
      layerNorm(x!, kwargs.normalized_shape as number[], scaling(kwargs, weight, bias)),
    "nn.functional.group_norm": (kwargs, x, weight, bias) =>
      groupNorm(x!, kwargs.num_groups as number, scaling(kwargs, weight, bias)),
    "nn.functional.instance_norm": (kwargs, x, _mean, _variance, weight, bias) =>
      instanceNorm(x!, scaling(kwargs, weight, bias)),
    "nn.functional.batch_norm": (kwargs, x, mean, variance, weight, bias) =>
      batchNorm(x!, {
        ...(kwargs.training ? {} : { mean: mean!, variance: variance! }),
        ...scaling(kwargs, weight, bias),
      }),
    "nn.functional.dropout": ({ p, training }, x) =>
      training === false ? x! : dropout(x!, rng("oracle"), p as number | undefined),
  },
  names: {
    "nn.functional.conv_transpose2d": "convTranspose2d",
    "nn.functional.max_pool1d": "maxPool1d",
    "nn.functional.max_pool2d": "maxPool2d",
    "nn.functional.avg_pool1d": "avgPool1d",
    "nn.functional.unfold": "im2col",
  },
  exceptions: {
    // Brought to mean 0 and variance 1, two numbers are −1 and 1 whatever they were: what is left of the gradient, about
    // ε / variance, is what terms a million times as large leave of each other, and so are its digits.
    "two numbers, normalized, hardly vary: the terms cancel and nine digits are what is left (exact: ∓1.669723223030871e-7)":
      [
        "nn.functional.batch_norm/2 gradient[0][0]",
        "nn.functional.batch_norm/2 hvp[0][0]",
        "nn.functional.batch_norm/2 hvp[0][1]",
        "nn.functional.batch_norm/2 hvp[1][0]",
      ],
    "as before, of groups of two": [
      "nn.functional.group_norm/4 gradient[0][2]",
      "nn.functional.group_norm/4 hvp[1][2]",
      "nn.functional.group_norm/4 hvp[1][3]",
    ],
    "as before, where ours is the nearer one (exact: ∓2.3871672886252964e-6)": [
      "nn.functional.layer_norm/3 gradient[0][0]",
      "nn.functional.layer_norm/3 gradient[0][1]",
    ],
    "one number less its mean is 0, in PyTorch −5e-14 by rounding": ["nn.functional.layer_norm/1 gradient[1][0]"],
  },
};

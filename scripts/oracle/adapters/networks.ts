/** @file Convolutions, pooling, normalization, activations: the kernels of neural networks. */
import type { Family } from "../adapt.ts";

export const networks: Family = { adapters: {} };

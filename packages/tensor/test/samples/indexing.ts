/** @file Places that are data. */
import * as api from "../../src/index.ts";
import { tensor } from "../../src/index.ts";
import { type Family, fixed } from "./draws.ts";

const index = tensor(
  [
    [2, 0, 2],
    [1, 1, 0],
  ],
  { dtype: "int32" },
);
export const indexing: Family = {
  differentiable: {
    gather: fixed((x) => api.gather(x, index, 1), { shape: [2, 4] }),
    scatterAdd: fixed((x, source) => api.scatterAdd(x, index, source, 1), { shape: [2, 4] }, { shape: [2, 3] }),
  },
};

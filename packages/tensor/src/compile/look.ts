/** @file The two operations that programs add to those of the library: a view by its layout, and a copy in row-major order. */

import { byElement } from "../core/elementwise.ts";
import { linear, looking } from "../core/kinds.ts";
import * as loops from "../core/loops.ts";
import type { Primitive } from "../core/primitive.ts";
import type { Layout, Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";

/** Where the elements of a view lie among those of its input, which are in row-major order. */
export interface Seat extends Layout {
  readonly shape: Shape;
}

// Derivatives are recorded before a graph is rewritten: these two are never differentiated.
const underived = (ct: Tensor): Tensor => ct;

/** What any chain of views amounts to. */
export const look: Primitive<Seat> = looking<Seat>(
  {
    name: "view",
    shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
    view: (_x, _result, { strides, offset }) => ({ strides, offset }),
  },
  underived,
);

/** The elements themselves, one after the other. */
export const copy: Primitive<null> = linear<null>(
  {
    name: "copy",
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
    ...byElement<null>("copy", () => loops.store),
  },
  underived,
);

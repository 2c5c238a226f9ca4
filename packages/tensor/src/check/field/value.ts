/** @file Tensors over the field at one random point, and what has been drawn there. */
import { isFloat } from "../../core/dtype.ts";
import type { Rng } from "../../core/random.ts";
import { contiguous, type Tensor } from "../../core/tensor.ts";
import type { Valued } from "../arithmetic.ts";
import { type Complex, keyAt, missingAt } from "./complex.ts";
import { constantDigits } from "./constants.ts";
import { constantDegree, type Degree, Divisions, variable } from "./degree.ts";
import { Functions } from "./functions.ts";
import { allocateLimbs, type Digits, draw, setDigits } from "./limbs.ts";

/** x ∘ y = z among three tensors, one of them the one that says so. */
export type Related = () => readonly [FieldValue, FieldValue, FieldValue];

/** A tensor over the field, with its value in float64 beside it. */
export interface FieldValue extends Valued, Complex {
  readonly degree: Degree;
  /** Where it comes from a sum or a product, which exponentials and logarithms turn into each other. */
  readonly sum?: Related | undefined;
  readonly product?: Related | undefined;
}

const missing: Digits = [Number.NaN, 0, 0];

/** A random point: the free elements drawn so far, the same for both programs, and what came up on the way. */
export class Point {
  readonly divisions = new Divisions();
  readonly functions: Functions;
  readonly branches = new Set<string>();
  /** Pointwise functions that no arithmetic knows. */
  readonly unknown = new Set<string>();
  /** What the bound on the failure takes for granted. */
  readonly assumptions = new Set<string>();
  /** The highest degree of what a function was taken of. */
  argumentDegree = 0;
  private readonly next: () => number;
  private readonly constants = { float64: new Map<number, Digits>(), float32: new Map<number, Digits>() };

  constructor(stream: Rng) {
    this.next = () => stream.next();
    this.functions = new Functions(this.next);
  }

  /** An input: floats are drawn, whole numbers are as they are. */
  input(float: Tensor): FieldValue {
    if (!isFloat(float.dtype)) return this.constant(float);
    const re = allocateLimbs(float.size);
    for (let i = 0; i < float.size; i++) setDigits(re, i, draw(this.next));
    return { float, re, im: null, degree: variable() };
  }

  constant(float: Tensor): FieldValue {
    const re = allocateLimbs(isFloat(float.dtype) ? float.size : 0);
    if (float.dtype === "float64" || float.dtype === "float32") {
      const { dtype } = float;
      contiguous("constant", float).forEach((x, i) => {
        setDigits(re, i, this.digitsOf(x, dtype));
      });
    }
    return { float, re, im: null, degree: constantDegree };
  }

  private digitsOf(x: number, dtype: "float64" | "float32"): Digits {
    const known = this.constants[dtype].get(x);
    if (known !== undefined) return known;
    const digits = constantDigits(x, dtype);
    this.constants[dtype].set(x, digits);
    return digits;
  }

  /** A function of tensors by one of their digits and names, element by element; what does not exist stays so. */
  map(
    inputs: readonly FieldValue[],
    float: Tensor,
    degree: Degree,
    f: (i: number, ...keys: string[]) => Digits,
  ): FieldValue {
    for (const input of inputs)
      this.argumentDegree = Math.max(this.argumentDegree, 2 * this.divisions.total(input.degree));
    const re = allocateLimbs(float.size);
    for (let i = 0; i < float.size; i++) {
      const absent = inputs.some((input) => missingAt(input, i));
      setDigits(re, i, absent ? missing : f(i, ...inputs.map((input) => keyAt(input, i))));
    }
    return { float, re, im: null, degree };
  }
}

/** How many elements x has of its own: those that a broadcast repeats count once. */
export const countOf = ({ float }: FieldValue): number =>
  float.shape.reduce((count, extent, axis) => (float.strides[axis] === 0 ? count : count * extent), 1);

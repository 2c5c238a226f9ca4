/** @file The one error class, and the words in which shapes are shown. */

/** Something with a shape, perhaps with a name: enough to be spoken of in an error. */
interface Shaped {
  readonly shape: readonly number[];
  readonly label?: string | undefined;
}

/** A shape as errors and graphs show it: `[2, 3]`, and `[]` for a scalar. */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** A tensor in an error: its shape, after its name if it has one: `weight [64, 32]`. */
export const show = ({ label, shape }: Shaped): string =>
  label === undefined ? formatShape(shape) : `${label} ${formatShape(shape)}`;

/**
 * What every refusal in deltagrad is: `<operation>: <what is wrong>; <what to do>`.
 * It is thrown before any work is done, so no value, graph or stream has changed.
 *
 * @example
 * new TensorError("sum", "axis 2 is out of range for rank 2", "use 0 or 1").message;   // => "sum: axis 2 is out of range for rank 2; use 0 or 1"
 */
export class TensorError extends Error {
  override readonly name = "TensorError";
  /** The operation that refused. */
  readonly op: string;
  /** What is wrong. */
  readonly problem: string;
  /** What to do. */
  readonly advice: string;
  /** The shapes that it was given, where shapes were the matter. */
  readonly shapes: readonly (readonly number[])[];

  constructor(op: string, problem: string, advice: string, inputs: readonly Shaped[] = []) {
    super(`${op}: ${problem}; ${advice}`);
    this.op = op;
    this.problem = problem;
    this.advice = advice;
    this.shapes = inputs.map(({ shape }) => shape);
  }
}

/** @file The pointwise operations in ONNX's words: one of its own where it has one, else made of several. */
import type { Attribute, Extent } from "./messages.ts";
import { Float } from "./protobuf.ts";
import type { Operation, Translate, Value, Writer } from "./writer.ts";

/** Writes pointwise operations on values that stretch; the shape is that of the result. */
interface Pen {
  (op: string, ...inputs: readonly (Value | number)[]): Value;
  with(op: string, attributes: Readonly<Record<string, Attribute>>, ...inputs: readonly (Value | number)[]): Value;
}

type Make = (pen: Pen, inputs: readonly Value[], params: Readonly<Record<string, number>>) => Value;

function penOf(writer: Writer, shape: readonly Extent[]): Pen {
  const write: Pen["with"] = (op, attributes, ...inputs) =>
    writer.emit(
      op,
      inputs.map((x) => (typeof x === "number" ? writer.scalar(x) : x)),
      shape,
      attributes,
    );
  return Object.assign((op: string, ...inputs: readonly (Value | number)[]) => write(op, {}, ...inputs), {
    with: write,
  });
}

/** The operation of that name in ONNX. */
const own =
  (op: string): Make =>
  (pen, inputs) =>
    pen(op, ...inputs);

/** With attributes from the params. */
const told =
  (op: string, attributes: (params: Readonly<Record<string, number>>) => Readonly<Record<string, number>>): Make =>
  (pen, inputs, params) => {
    const floats = Object.entries(attributes(params)).map(([name, x]) => [name, new Float(x)]);
    return pen.with(op, Object.fromEntries(floats) as Record<string, Attribute>, ...inputs);
  };

const softplusOf = (pen: Pen, x: Value): Value => pen("Softplus", x);

/** All that networks are made of. A function, so that nothing is made before it is asked for. */
const table = (): Readonly<Record<string, Make>> => ({
  add: own("Add"),
  sub: own("Sub"),
  mul: own("Mul"),
  div: own("Div"),
  pow: own("Pow"),
  maximum: own("Max"),
  minimum: own("Min"),
  where: own("Where"),
  less: own("Less"),
  lessEqual: own("LessOrEqual"),
  greater: own("Greater"),
  greaterEqual: own("GreaterOrEqual"),
  equal: own("Equal"),
  notEqual: (pen, [a, b]) => pen("Not", pen("Equal", a!, b!)),
  logicalAnd: own("And"),
  logicalOr: own("Or"),
  logicalXor: own("Xor"),
  logicalNot: own("Not"),
  neg: own("Neg"),
  abs: own("Abs"),
  sign: own("Sign"),
  floor: own("Floor"),
  ceil: own("Ceil"),
  exp: own("Exp"),
  expm1: (pen, [x]) => pen("Sub", pen("Exp", x!), 1),
  log: own("Log"),
  log1p: (pen, [x]) => pen("Log", pen("Add", x!, 1)),
  sqrt: own("Sqrt"),
  rsqrt: (pen, [x]) => pen("Reciprocal", pen("Sqrt", x!)),
  square: (pen, [x]) => pen("Mul", x!, x!),
  reciprocal: own("Reciprocal"),
  sin: own("Sin"),
  cos: own("Cos"),
  tan: own("Tan"),
  tanh: own("Tanh"),
  sinh: own("Sinh"),
  cosh: own("Cosh"),
  erf: own("Erf"),
  sigmoid: own("Sigmoid"),
  logSigmoid: (pen, [x]) => pen("Neg", softplusOf(pen, pen("Neg", x!))),
  softplus: (pen, [x]) => softplusOf(pen, x!),
  softsign: own("Softsign"),
  relu: own("Relu"),
  relu6: (pen, [x]) => pen("Clip", x!, 0, 6),
  leakyRelu: told("LeakyRelu", ({ slope }) => ({ alpha: slope! })),
  elu: told("Elu", ({ alpha }) => ({ alpha: alpha! })),
  celu: told("Celu", ({ alpha }) => ({ alpha: alpha! })),
  selu: own("Selu"),
  silu: (pen, [x]) => pen("Mul", x!, pen("Sigmoid", x!)),
  mish: (pen, [x]) => pen("Mul", x!, pen("Tanh", softplusOf(pen, x!))),
  normalCdf: (pen, [x]) => pen("Mul", pen("Add", pen("Erf", pen("Mul", x!, Math.SQRT1_2)), 1), 0.5),
  tanhshrink: (pen, [x]) => pen("Sub", x!, pen("Tanh", x!)),
  hardSigmoid: told("HardSigmoid", () => ({ alpha: 1 / 6, beta: 0.5 })),
  hardSwish: own("HardSwish"),
  hardTanh: (pen, [x], { min, max }) => pen("Clip", x!, min!, max!),
  clamp: (pen, [x], { min, max }) => pen("Clip", x!, min!, max!),
  hardshrink: told("Shrink", ({ lambda }) => ({ lambd: lambda!, bias: 0 })),
  softshrink: told("Shrink", ({ lambda }) => ({ lambd: lambda!, bias: lambda! })),
  threshold: (pen, [x], { level, value }) => pen("Where", pen("Greater", x!, level!), x!, value!),
});

/** The extents of values that are stretched to each other. */
function together(values: readonly Value[]): Extent[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const own = values.map(({ shape }) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]!));
    return own.find((n) => n !== 1) === undefined ? 1 : own.find((n) => n !== 1)!;
  });
}

/** How a pointwise operation is written; undefined: ONNX has no words for it. */
export function pointwise(name: string): Translate | undefined {
  const all = table();
  if (!Object.hasOwn(all, name)) return undefined;
  return (writer: Writer, { id, inputs, params }: Operation) => {
    const shape = writer.shapeOf(id);
    const values = inputs.map((input) => writer.stretching(input));
    // Where every input was to be stretched along an axis, one has to be.
    if (together(values).join() !== shape.join())
      values[values.length - 1] = writer.expanded(values.at(-1)!, shape, name);
    return all[name]!(penOf(writer, shape), values, (params ?? {}) as Record<string, number>);
  };
}

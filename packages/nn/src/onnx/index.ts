/** @file Entry "@deltagrad/nn/onnx": networks for other runtimes to apply. */
import {
  type Algebra,
  type Graph,
  leaves,
  record,
  replay,
  type Shape,
  type Tensor,
  TensorError,
  zeros,
} from "@deltagrad/tensor";
import { apply } from "@deltagrad/tensor/extend";
import { nameOf } from "../like.ts";
import { model, valueInfo } from "./messages.ts";
import { pointwise } from "./pointwise.ts";
import { structural } from "./shapes.ts";
import { type Translate, Writer } from "./writer.ts";

/** What can be exported: any layer or stack, or a function of parameters and input. */
export interface Exportable<Params> {
  apply(params: Params, x: Tensor, context?: { readonly state?: unknown; readonly training?: boolean }): Tensor;
  initState?(): unknown;
}

export interface OnnxOptions {
  /** The shape of one example, without the batch. */
  readonly input: Shape;
  /** What examples are made of ("float32"; of an embedding "int32"). */
  readonly dtype?: "float32" | "int32";
  /** How many examples the model takes at once; left out, any number. */
  readonly batch?: number;
  /** The network's state, such as running statistics. */
  readonly state?: unknown;
  readonly name?: string;
}

/**
 * A network as the bytes of an ONNX file, for inference: opset 17, computing in float32, with input "x" [batch, …input]
 * and output "y". What it does is recorded, so layers of one's own are exported like ours; recurrent layers are
 * unrolled, for the length that the input has. Parameters keep their names.
 *
 * Throws: TensorError when an operation has no words in ONNX, or needs to know the batch.
 * Source: https://onnx.ai/onnx/repo-docs/IR.html and Operators.html.
 *
 * @example
 * const net = stack(dense(3, 2), relu);
 * toOnnx(net, net.init(rng(7)), { input: [3] }).length > 100;   // => true
 */
export function toOnnx<Params>(net: Exportable<Params>, params: Params, options: OnnxOptions): Uint8Array {
  const { input, dtype = "float32", batch, name = "network", state = net.initState?.() } = options ?? {};
  if (typeof net?.apply !== "function")
    throw new TensorError("toOnnx", "net is no layer", "give a stack, or { apply }");
  if (!Array.isArray(input) || !input.every((n) => Number.isInteger(n) && n >= 1))
    throw new TensorError("toOnnx", `input is ${JSON.stringify(input)}`, "give the shape of one example, as [64]");
  if (batch !== undefined && !(Number.isInteger(batch) && batch >= 1))
    throw new TensorError("toOnnx", `batch is ${batch}`, "use a whole number ≥ 1, or leave it out");
  const context = state === undefined ? {} : { state };
  const words = structural();
  const translation = (op: string): Translate | undefined => (Object.hasOwn(words, op) ? words[op] : pointwise(op));
  const graphOf = (examples: number): Graph => {
    const x = zeros([examples, ...input], { dtype: dtype === "int32" ? dtype : "float64" }) as Tensor;
    return spelledOut(record((given: Tensor) => net.apply(params, given, context))(x), x, translation);
  };
  const graph = graphOf(batch ?? 2);
  const twin = batch === undefined ? graphOf(3) : null;
  if (twin !== null && !alike(graph, twin))
    throw new TensorError("toOnnx", "the network does other things with another batch", "give a batch: { batch: 1 }");
  const names = new Map(leaves(params, "toOnnx").map(({ path, tensor }) => [tensor, nameOf(path) || "parameter"]));
  const writer = new Writer(graph, twin, names);
  for (const node of graph.nodes) {
    if (node.kind === "input") writer.set(node.id, { name: "x", shape: writer.shapeOf(node.id) });
    if (node.kind !== "operation" || (node.op.name === "broadcastTo" && node.id !== graph.outputs[0])) continue;
    const { op } = node;
    const translate = translation(op.name);
    if (translate === undefined)
      throw new TensorError("toOnnx", `${op.name} has no words in ONNX here`, "apply it outside of the network");
    writer.set(node.id, translate(writer, node));
  }
  const [x, y] = [graph.inputs[0]!, graph.outputs[0]!];
  const result = writer.operand(y);
  writer.finish(result, "y");
  return model(name, {
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: [valueInfo("x", writer.dtypeOf(x), writer.shapeOf(x))],
    outputs: [valueInfo("y", writer.dtypeOf(y), writer.shapeOf(y))],
  });
}

/** The graph with operations that have no words replaced by their formulas, where they have one. */
function spelledOut(graph: Graph, x: Tensor, translation: (op: string) => Translate | undefined): Graph {
  const lacking = (node: Graph["nodes"][number]): boolean =>
    node.kind === "operation" && translation(node.op.name) === undefined && node.op.formula !== undefined;
  if (!graph.nodes.some(lacking)) return graph;
  const formulas: Algebra<Tensor> = {
    constant: (value) => value,
    operation: (op, inputs, params) =>
      translation(op.name) === undefined && op.formula !== undefined
        ? op.formula(inputs, params)
        : apply(op, inputs, params),
  };
  const next = record((given: Tensor) => replay(graph, [given], formulas))(x);
  return spelledOut(next, x, translation);
}

const alike = (a: Graph, b: Graph): boolean =>
  a.nodes.length === b.nodes.length &&
  a.nodes.every((node, i) => {
    const other = b.nodes[i]!;
    if (node.kind !== "operation" || other.kind !== "operation") return node.kind === other.kind;
    return node.op.name === other.op.name && node.inputs.join() === other.inputs.join();
  });

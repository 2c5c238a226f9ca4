/** @file The derivation, printed: from the recorded graph of a network, what back propagation comes to in LaTeX. */
import { jvp, onesLike, record, Tape, type Tensor, toLatex, zeros } from "@deltagrad/tensor";
import { crossEntropyFromLogits } from "../losses/binary.ts";
import { activationsOf, checkNetwork, forward, type Network } from "./network.ts";

/** One equation that the graph of a network gives. */
export interface Derived {
  /** What it is an equation for: "z", "h", "J", "Ψ", "δ" or "∂J/∂θ". */
  readonly quantity: "z" | "h" | "J" | "Ψ" | "δ" | "∂J/∂θ";
  readonly layer: number;
  readonly latex: string;
}

/** An equation that is the same on several layers, with l for the layer. */
export interface General {
  readonly quantity: Derived["quantity"];
  readonly latex: string;
  readonly layers: readonly number[];
}

export interface PrintedDerivation {
  /** In the order in which they are computed. */
  readonly equations: readonly Derived[];
  /** The same, those that differ in the number of the layer only taken together. */
  readonly general: readonly General[];
  /** How many values the graph has. */
  readonly nodes: number;
}

/** A number of samples whose reciprocal is no other number of the graph. */
const SAMPLES = 7;

/** The number of a layer, until it is known whether it is written as such or by its distance from l. */
const layerMark = (l: number): string => `⟨${l}⟩`;

const written = (latex: string, number: (l: number) => string): string =>
  latex.replace(/⟨(\d+)⟩/g, (_, l) => number(Number(l)));

/** A layer's number by its distance from l. */
const distance = (from: number): string => (from === 0 ? "l" : `l ${from > 0 ? "+" : "-"} ${Math.abs(from)}`);

/**
 * The forward pass, its adjoints and the recursion for δ of a network, from the graph that autograd records: each value
 * is written in those before it, and simplified by the rules of `toLatex`; there is no template for any of them.
 *
 * A row is a sample: z^l and δ^l are [m, S_l], and δ^l = m ∂J/∂z^l. Ψ^l is what forward mode says of h^l.
 * Throws: TensorError for θ that do not fit each other.
 *
 * @example
 * const network = { theta: [zeros([3, 3]), zeros([2, 4]), zeros([1, 3])], hidden: [activations.sigmoid, activations.tanh] };
 * const [, recursion] = printDerivation(network).general.filter(({ quantity }) => quantity === "δ");
 * recursion.layers;   // => [2, 3]
 * recursion.latex;    // => "\\delta^{l} = \\left(\\delta^{l + 1} \\, \\theta^{l}_{\\cdot,1:}\\right) \\odot \\Psi^{l}"
 */
export function printDerivation(network: Network): PrintedDerivation {
  checkNetwork("printDerivation", network);
  const { hidden } = network;
  // One node would read like a place: z^l depends on the layer alone, whatever its size.
  const theta = network.theta.map(({ shape: [rows, columns] }) => zeros([Math.max(2, rows!), Math.max(3, columns!)]));
  const L = theta.length + 1;
  const outputs: { quantity: Derived["quantity"]; layer: number; symbol: string; times: number }[] = [];
  const say = (quantity: Derived["quantity"], layer: number, symbol: string, times = 1): void => {
    outputs.push({ quantity, layer, symbol: written(symbol, layerMark), times });
  };
  const graph = record((w: readonly Tensor[], x: Tensor, y: Tensor) => {
    const tape = new Tape();
    const watched = tape.watch(w);
    const { z, h } = forward({ theta: watched, hidden }, x);
    const psi = activationsOf(network)
      .slice(1, -1)
      .map((activation, i) => jvp(activation.h, [z[i + 1]!], [onesLike(z[i + 1]!)])[1]);
    const J = crossEntropyFromLogits(z.at(-1)!, y);
    const bar = tape.pullback(J);
    const read = (target: Tensor): Tensor => bar(target, { unreached: "zeros" });
    return [z.slice(1), h.slice(1), psi, J, z.slice(1).map(read), watched.map(read)];
  })(theta, zeros([SAMPLES, theta[0]!.shape[1]! - 1]), zeros([SAMPLES, theta.at(-1)!.shape[0]!]));

  const from2 = Array.from({ length: L - 1 }, (_, i) => i + 2);
  for (const l of from2) say("z", l, `z^{⟨${l}⟩}`);
  for (const l of from2) say("h", l, `h^{⟨${l}⟩}`);
  for (const l of from2.slice(0, -1)) say("Ψ", l, `\\Psi^{⟨${l}⟩}`);
  say("J", L, "J");
  for (const l of from2) say("δ", l, `\\delta^{⟨${l}⟩}`, SAMPLES);
  for (const l of from2) say("∂J/∂θ", l - 1, `\\frac{\\partial J}{\\partial \\theta^{⟨${l - 1}⟩}}`);
  const equations = toLatex(graph, {
    inputs: [...theta.map((_, i) => `\\theta^{⟨${i + 1}⟩}`), "x", "y"],
    outputs,
    numbers: new Map([[1 / SAMPLES, "\\frac{1}{m}"]]),
    axes: ["i", "k"],
  }).map(({ symbol, expression }) => {
    const { quantity, layer } = outputs.find((output) => output.symbol === symbol)!;
    return { quantity, layer, latex: `${symbol} = ${expression}` };
  });
  return {
    equations: equations.map(({ latex, ...what }) => ({ ...what, latex: written(latex, String) })),
    general: together(equations),
    nodes: graph.nodes.length,
  };
}

/** Equations of one quantity that read the same when layers are counted from their own. */
function together(equations: readonly Derived[]): General[] {
  const found = new Map<string, { quantity: Derived["quantity"]; latex: string; layers: number[]; as: string }>();
  for (const { quantity, layer, latex } of equations) {
    const general = written(latex, (l) => distance(l - layer));
    const same = found.get(general);
    if (same === undefined)
      found.set(general, { quantity, latex: general, layers: [layer], as: written(latex, String) });
    else same.layers.push(layer);
  }
  return [...found.values()].map(({ quantity, latex, layers, as }) => ({
    quantity,
    latex: layers.length === 1 ? as : latex,
    layers: [...layers].sort((a, b) => a - b),
  }));
}

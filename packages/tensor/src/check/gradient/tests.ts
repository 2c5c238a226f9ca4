/** @file The tests of a gradient, one function each: what they compared, and what was wrong. */
import type { Tensor } from "../../core/tensor.ts";
import { add, mul } from "../../ops/arithmetic.ts";
import { sum } from "../../ops/broadcast.ts";
import { jvp } from "../../transforms/forward.ts";
import { vjp } from "../../transforms/reverse.ts";
import {
  bothWays,
  type Case,
  type Cotangent,
  cotangentsOf,
  type Finding,
  inputAt,
  noiseOf,
  outputAt,
  problem,
} from "./case.ts";
import { centred, Line, sides } from "./differences.ts";
import { changed, dot, type Program, randomDirection, randomLike, scaleOf, unit, valuesIn } from "./program.ts";
import type { GradientCheck, GradientProblem, Kink } from "./report.ts";

/** The same call, twice: value and gradient differ by no more than nondetTol. */
export function repeatability(now: Case, nondetTol: number): Finding {
  const { program, xs, stream } = now;
  const outputs = program.outputs.map(({ tensor }) => tensor);
  const ct = randomLike(outputs, stream.stream("repeat"));
  const once = (): Tensor[][] => {
    const [ys, pullback] = vjp(program.call, ...xs);
    return [ys, [...pullback(ct)]];
  };
  const [[ys, gs], [ys2, gs2]] = [once(), once()] as [[Tensor[], Tensor[]], [Tensor[], Tensor[]]];
  const problems: GradientProblem[] = [];
  const compare = (
    first: readonly Tensor[],
    second: readonly Tensor[],
    where: (i: number, place: number) => Partial<GradientProblem>,
  ) =>
    first.forEach((x, i) => {
      const other = valuesIn(second[i]!);
      valuesIn(x).forEach((value, place) => {
        if (Object.is(value, other[place]) || Math.abs(value - other[place]!) <= nondetTol) return;
        problems.push(problem("repeatability", value, other[place]!, nondetTol, where(i, place)));
      });
    });
  compare(ys, ys2, (i, place) => outputAt(now, { ct, output: i, element: place }));
  compare(gs, gs2, (i, place) => inputAt(now, i, place));
  const compared = [...ys, ...gs].reduce((total, x) => total + x.size, 0);
  return { check: "repeatability", compared, problems, kinks: [] };
}

const inner = (xs: readonly Tensor[], ys: readonly Tensor[]): Tensor =>
  xs.map((x, i) => sum(mul(x, ys[i]!)) as Tensor).reduce((a, b) => add(a, b));

const zerosBut = (ts: readonly Tensor[], which: number, element: number): Tensor[] =>
  ts.map((t, i) => changed(t, (value, place) => (i === which && (element < 0 || place === element) ? value : 0)));

/** ⟨ȳ, J t⟩ by forward mode is ⟨Jᵀȳ, t⟩ by reverse mode; if not, for which element of which input. */
export function adjointness(now: Case): Finding {
  const { program, xs, stream } = now;
  const check: GradientCheck = "adjointness";
  const outputs = program.outputs.map(({ tensor }) => tensor);
  const ct = randomLike(outputs, stream.stream("ȳ"));
  const tangents = randomLike(xs, stream.stream("t"));
  const along = (ts: readonly Tensor[]) => {
    const forward = (...at: Tensor[]): Tensor => inner(ct, jvp(program.call, at, [...ts])[1]);
    const reverse = (...at: Tensor[]): Tensor => inner(vjp(program.call, ...at)[1](ct), ts);
    return bothWays(xs, reverse, forward);
  };
  const apart = ({ left, right, bound }: ReturnType<typeof along>): boolean => !(Math.abs(left - right) <= bound);
  if (!apart(along(tangents))) return { check, compared: 1, problems: [], kinks: [] };
  const problems = xs.flatMap((x, i) => {
    const whole = along(zerosBut(tangents, i, -1));
    if (!apart(whole)) return [];
    const single = Array.from({ length: x.size }, (_, element) => ({ element, ...along(unit(xs, i, element)) })).filter(
      apart,
    );
    return single.length === 0
      ? [problem(check, whole.left, whole.right, whole.bound, inputAt(now, i, -1))]
      : single.map(({ element, left, right, bound }) => problem(check, left, right, bound, inputAt(now, i, element)));
  });
  return { check, compared: 1 + xs.length, problems, kinks: [] };
}

/** F(x + ht) − F(x) − h·J t falls with the square of h, until it drowns in rounding. */
export function taylor(now: Case): Finding {
  const { program, xs, stream } = now;
  const check: GradientCheck = "Taylor remainder";
  const direction = randomDirection(xs, stream.stream("direction"));
  const line = new Line(program, xs, direction);
  const noise = noiseOf(now);
  const [, pullback] = vjp(program.call, ...xs);
  const cotangents = cotangentsOf(now);
  const problems = cotangents.flatMap((cotangent) => {
    const expected = dot(pullback([...cotangent.ct]), direction);
    const floor = noise(cotangent.ct);
    const remainder = (h: number): number => Math.abs(line.slope(cotangent.ct, 0, h, 0).value - expected) * h;
    // The nearest pair of steps that rounding leaves alone.
    for (let h = 2 ** -20; h <= 2 ** -5; h *= 2) {
      const [near, far] = [remainder(h / 4), remainder(h)];
      if (Number.isFinite(near + far) && (near <= 16 * floor || far <= 128 * floor)) continue;
      if (near <= far / 8) return [];
      const reached = line.slope(cotangent.ct, 0, h / 4, floor).value;
      return [problem(check, expected, reached, (4 * far) / h / 16 + (4 * floor) / h, outputAt(now, cotangent))];
    }
    return [];
  });
  return { check, compared: cotangents.length, problems, kinks: [] };
}

/** A cotangent with its gradient, and how far rounding goes in what it picks. */
interface Row extends Cotangent {
  readonly gradient: readonly Tensor[];
  readonly noise: number;
}

/** A direction in one input: of one element at its scale, or (−1) of all at random. */
interface Way {
  readonly input: number;
  readonly element: number;
  readonly size: number;
  readonly direction: readonly Tensor[];
}

function waysOf({ xs, eps, fastMode, stream }: Case, input: number): Way[] {
  const x = xs[input]!;
  const scale = eps === undefined ? valuesIn(scaleOf(x)) : valuesIn(x).map(() => 1);
  const along = (element: number, size: number, step: (place: number) => number): Way => {
    const direction = xs.map((t, i) => changed(t, (_, place) => (i === input ? step(place) : 0)));
    return { input, element, size, direction };
  };
  if (fastMode) {
    const random = valuesIn(randomLike(xs, stream.stream("fast"))[input]!);
    return [along(-1, 1, (place) => random[place]! * scale[place]!)];
  }
  return Array.from(scale, (size, element) => along(element, size, (place) => (place === element ? size : 0)));
}

/** Every element of the Jacobian (in fast mode: a random direction of each input) beside a centred difference. */
export function differences(now: Case, check: GradientCheck = "centred differences"): Finding {
  const { program, xs, graph, stream } = now;
  const noise = noiseOf(now);
  const [, pullback] = vjp(program.call, ...xs);
  const rows = cotangentsOf(now).map(
    (cotangent): Row => ({ ...cotangent, gradient: pullback([...cotangent.ct]), noise: noise(cotangent.ct) }),
  );
  // A kink whose two slopes have the derivative for their mean agrees with a centred difference: it is looked for.
  const bent = new Line(program, xs, randomDirection(xs, stream.stream("kinks"))).kinks(graph).length > 0;
  const found = xs.flatMap((_, i) => waysOf(now, i).map((way) => alongWay(now, check, rows, way, bent)));
  return {
    check,
    compared: rows.length * found.length,
    problems: found.flatMap(({ problems }) => problems),
    kinks: found.flatMap(({ kink }) => kink ?? []),
  };
}

function alongWay(
  now: Case,
  check: GradientCheck,
  rows: readonly Row[],
  { input, element, size, direction }: Way,
  bent: boolean,
): { problems: GradientProblem[]; kink: Kink | null } {
  const { program, xs, eps, atol, rtol, graph } = now;
  const line = new Line(program, xs, direction);
  const tolerance = (value: number): number => atol * size + rtol * Math.abs(value);
  const problems: GradientProblem[] = [];
  let kink: Kink | null = null;
  for (const row of rows) {
    const expected = dot(row.gradient, direction);
    const step = eps === undefined ? {} : { eps };
    const { value, error } = centred(line, row.ct, { ...step, expected, noise: row.noise, tolerance });
    const bound = tolerance(value) + (eps === undefined ? error : 0);
    const wrong = !(Math.abs(value - expected) <= bound);
    const slopes = wrong || bent ? sides(line, row.ct, row.noise) : null;
    if (slopes !== null) {
      const [left, right, analytical] = [slopes.left / size, slopes.right / size, expected / size];
      kink ??= { ...inputAt(now, input, element), left, right, analytical, operations: line.kinks(graph) };
    }
    // At a kink any derivative between the slopes is a choice, at a jump any at all.
    const chosen =
      slopes !== null &&
      (slopes.jump ||
        (expected >= Math.min(slopes.left, slopes.right) - bound &&
          expected <= Math.max(slopes.left, slopes.right) + bound));
    if (!wrong || chosen) continue;
    const where = { ...inputAt(now, input, element), ...outputAt(now, row) };
    problems.push(problem(check, expected / size, value / size, bound / size, where));
  }
  return { problems, kink };
}

/** ⟨a, H b⟩ = ⟨b, H a⟩ for the derivative H of the gradient. */
export function symmetry(now: Case): Finding {
  const { program, xs, stream } = now;
  const check: GradientCheck = "symmetry of second derivatives";
  const [a, b] = [randomLike(xs, stream.stream("a")), randomLike(xs, stream.stream("b"))];
  const along =
    (t: readonly Tensor[], s: readonly Tensor[]) =>
    (...at: Tensor[]): Tensor =>
      inner(s, jvp(program.call, at, [...t])[1]);
  const { left, right, bound } = bothWays(xs, along(a, b), along(b, a));
  const ok = Math.abs(left - right) <= bound;
  return { check, compared: 1, problems: ok ? [] : [problem(check, left, right, bound)], kinks: [] };
}

/** The gradient of ⟨ȳ, F⟩ for a random ȳ, as a program: its derivatives are F's second ones. */
export function gradientProgram({ program, xs, stream }: Case): Program {
  const ct = randomLike(
    program.outputs.map(({ tensor }) => tensor),
    stream.stream("ȳ"),
  );
  const call = (...at: Tensor[]): Tensor[] => [...vjp(program.call, ...at)[1](ct)];
  const outputs = call(...xs).map((tensor, i) => ({ name: `∂/∂${program.inputs[i]!.name}`, tensor }));
  return { inputs: program.inputs, outputs, call };
}

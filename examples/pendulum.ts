/** @file A pendulum's length and friction from noisy angles: Gauss and Newton through a Runge–Kutta solver. */
import { add, div, jvp, lstsq, mul, neg, rng, sin, stack, sub, type Tensor, tensor } from "@deltagrad/tensor";

const GRAVITY = 9.81;
type State = readonly [angle: Tensor, speed: Tensor];

/** θ″ = −(g / length) sin θ − friction · θ′ */
const motion = ([angle, speed]: State, [length, friction]: readonly [Tensor, Tensor]): State => [
  speed,
  sub(neg(mul(div(GRAVITY, length), sin(angle))), mul(friction, speed)) as Tensor,
];

const along = (x: State, h: number, v: State): State => x.map((part, i) => add(part, mul(h, v[i]!)) as Tensor) as never;

/** One step of the classical method of fourth order. */
function rungeKutta(x: State, h: number, p: readonly [Tensor, Tensor]): State {
  const a = motion(x, p);
  const b = motion(along(x, h / 2, a), p);
  const c = motion(along(x, h / 2, b), p);
  const d = motion(along(x, h, c), p);
  return along(along(along(along(x, h / 6, a), h / 3, b), h / 3, c), h / 6, d);
}

/** The angles at `count` times, `h` apart. */
function swing(length: Tensor, friction: Tensor, count: number, h = 0.05): Tensor {
  let state: State = [tensor(1), tensor(0)];
  const angles: Tensor[] = [];
  for (let i = 0; i < count; i++) {
    state = rungeKutta(state, h, [length, friction]);
    angles.push(state[0]);
  }
  return stack(angles) as Tensor;
}

export default function pendulum({ count = 120, noise = 0.02, say = console.log } = {}) {
  const truth = { length: 1.3, friction: 0.25 };
  const clean = swing(tensor(truth.length), tensor(truth.friction), count);
  const observed = add(clean, mul(noise, rng("pendulum").normal([count]))) as Tensor;

  let [length, friction] = [1, 0.1];
  for (let step = 0; step < 8; step++) {
    const p: [Tensor, Tensor] = [tensor(length), tensor(friction)];
    const model = (l: Tensor, f: Tensor): Tensor => swing(l, f, count);
    // Two parameters, many angles: forward mode gives a column of the Jacobian at the cost of a swing.
    const [angles, byLength] = jvp(model, p, [tensor(1), tensor(0)]) as [Tensor, Tensor];
    const [, byFriction] = jvp(model, p, [tensor(0), tensor(1)]) as [Tensor, Tensor];
    const rest = sub(observed, angles) as Tensor;
    say(`step ${step}  length ${length.toFixed(5)}  friction ${friction.toFixed(5)}`);
    const change = lstsq(stack([byLength, byFriction], 1) as Tensor, rest) as Tensor;
    const [dl, df] = change.toArray() as [number, number];
    [length, friction] = [length + dl, friction + df];
    if (Math.abs(dl) + Math.abs(df) < 1e-12) break;
  }
  say("drawn with", truth);
  return { length, friction, truth };
}

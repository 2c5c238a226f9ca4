/** @file The ledger itself: each equation over all networks. */
import {
  type Absent,
  type Catch,
  type Comparison,
  catches,
  compare,
  type Equation,
  type Erratum,
  errata,
  everyEquation,
  type Row,
} from "@deltagrad/nn/brawer";
import { EPOCHS, randomNetwork, type Subject, trainedNetwork } from "./networks.ts";

/** One equation, over all networks that it speaks of. */
export interface Line {
  readonly equation: Equation;
  /** How many networks it was judged on. */
  readonly networks: number;
  readonly entries: number;
  /** Whether it was proved on each of them. */
  readonly proved: boolean;
  readonly trials: number;
  /** The largest bound on a degree, and on the probability that one of the proofs is wrong. */
  readonly degree: number;
  readonly failure: number;
  readonly maxDifference: number;
  readonly maxUlps: number;
  readonly boundUsed: number;
  /** Where the two sides differed most in a row, how often either was nearer the value in 32 digits. */
  readonly nearer: { readonly closedForm: number; readonly autograd: number };
  readonly ok: boolean;
  /** What the networks lacked on which it was not judged, and how many did. */
  readonly needs: ReadonlyMap<string, number>;
  /** The first network on which it does not hold. */
  readonly broken: string | null;
}

export interface Ledger {
  readonly seed: string;
  readonly networks: number;
  readonly lines: readonly Line[];
  readonly errata: readonly Erratum[];
  readonly catches: readonly Catch[];
  /** The trained network, and what was too large to be judged there. */
  readonly trained: { readonly subject: Subject; readonly absent: readonly Absent[] } | null;
  readonly ok: boolean;
}

/** How far it is: steps of so many. */
export interface Step {
  readonly done: number;
  readonly of: number;
  readonly what: string;
}

export interface Plan {
  readonly seed: string;
  readonly networks: number;
  readonly digits: boolean;
}

/** The most numbers in one tensor on the way to a row: a row that needs more is left out, and that is said. */
const LIMIT = 1_000_000;

/** On every so many-th network the arbiter says who is nearer the truth. */
const ARBITER_EVERY = 10;

const EPOCHS_A_STEP = 10;

/** Judges all equations on all networks, in steps, so that others get a turn between them. */
export async function* judgeAll({ seed, networks, digits }: Plan): AsyncGenerator<Step, Ledger> {
  const steps = networks + (digits ? EPOCHS / EPOCHS_A_STEP + 8 : 0) + 4;
  let done = 0;
  const step = (what: string, by = 1): Step => {
    done += by;
    return { done, of: steps, what };
  };
  const sheet = new Sheet();
  for (let number = 0; number < networks; number++) {
    const subject = randomNetwork(seed, number);
    sheet.enter(subject, judged(subject, `${seed} proof ${number}`, number % ARBITER_EVERY === 0));
    yield step("random networks");
  }
  let trained: Ledger["trained"] = null;
  if (digits) {
    const epochs = trainedNetwork(seed);
    let next = await epochs.next();
    for (; !next.done; next = await epochs.next()) yield step("training", next.value % EPOCHS_A_STEP === 0 ? 1 : 0);
    const subject = next.value;
    yield step("the trained network", 0);
    const comparison = judged(subject, `${seed} proof of digits`, false, LIMIT);
    sheet.enter(subject, comparison);
    trained = { subject, absent: comparison.absent.filter(({ layer }) => layer !== null) };
    yield step("the trained network", 8);
  }
  yield step("errata and catches", 0);
  const shown = errata(`${seed} errata`);
  yield step("errata and catches");
  const caught = catches({ seed: `${seed} catches` });
  yield step("errata and catches", 3);
  const lines = sheet.lines();
  const noticed = caught.every(({ proof, bound, gradient }) => proof || bound || gradient);
  const ok = noticed && lines.every((line) => line.ok);
  return { seed, networks: networks + (digits ? 1 : 0), lines, errata: shown, catches: caught, trained, ok };
}

const judged = ({ network, x, y }: Subject, seed: string, arbiter: boolean, limit?: number): Comparison =>
  compare(network, x, y, {
    equations: everyEquation,
    trials: 1,
    seed,
    arbiter,
    ...(limit === undefined ? {} : { limit }),
  });

/** The rows of all networks by equation, each folded in as it comes: nothing of a network is kept. */
class Sheet {
  private readonly all: Line[] = everyEquation.map(blank);

  enter({ name }: Subject, { rows, absent }: Comparison): void {
    const touched = new Set<number>();
    for (const row of rows) {
      const place = placeOf(row);
      this.all[place] = folded(this.all[place]!, row, name, !touched.has(place));
      touched.add(place);
    }
    for (const missing of absent) {
      const place = placeOf(missing);
      const line = this.all[place]!;
      const reason =
        missing.layer === null ? missing.needs : "fewer numbers at once, or numbers that float64 can bound";
      const needs = new Map(line.needs).set(reason, 1 + (line.needs.get(reason) ?? 0));
      this.all[place] = { ...line, needs };
    }
  }

  /** What was judged nowhere is neither proved nor ok. */
  lines(): Line[] {
    return this.all.map((line) => (line.networks > 0 ? line : { ...line, proved: false, ok: false }));
  }
}

const placeOf = ({ eq, quantity }: { readonly eq: string; readonly quantity: string }): number =>
  everyEquation.findIndex((equation) => equation.number === eq && equation.quantity === quantity);

const blank = (equation: Equation): Line => ({
  equation,
  networks: 0,
  entries: 0,
  proved: true,
  trials: 0,
  degree: 0,
  failure: 0,
  maxDifference: 0,
  maxUlps: 0,
  boundUsed: 0,
  nearer: { closedForm: 0, autograd: 0 },
  ok: true,
  needs: new Map(),
  broken: null,
});

/** A line with one more row in it, the first of its network or a further one. */
const folded = (line: Line, row: Row, subject: string, first: boolean): Line => ({
  ...line,
  networks: line.networks + Number(first),
  entries: line.entries + row.entries,
  proved: line.proved && row.proof?.verdict === "proved",
  trials: line.trials + (row.proof?.trials ?? 0),
  degree: Math.max(line.degree, row.proof?.degree ?? 0),
  failure: line.failure + (row.proof?.failure ?? 1),
  maxDifference: Math.max(line.maxDifference, row.maxDifference),
  maxUlps: Math.max(line.maxUlps, row.maxUlps),
  boundUsed: Math.max(line.boundUsed, row.boundUsed),
  nearer: {
    closedForm: line.nearer.closedForm + Number(row.nearer === "closed form"),
    autograd: line.nearer.autograd + Number(row.nearer === "autograd"),
  },
  ok: line.ok && row.ok,
  broken: line.broken ?? (row.ok ? null : subject),
});

/** What `--json` prints. */
export const toJson = ({ networks, lines, errata, catches }: Ledger) => ({
  networks,
  rows: lines.map(({ equation, entries, proved, trials, maxDifference, maxUlps, boundUsed, ok }) => ({
    eq: equation.number,
    quantity: equation.quantity,
    entries,
    proved,
    trials,
    maxDifference,
    maxUlps,
    boundUsed,
    ok,
  })),
  errata,
  catches,
});

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
export function* judgeAll({ seed, networks, digits }: Plan): Generator<Step, Ledger> {
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
    let next = epochs.next();
    for (; !next.done; next = epochs.next()) yield step("training", next.value % EPOCHS_A_STEP === 0 ? 1 : 0);
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

const titleOf = (number: string, quantity: string): string => `${number} ${quantity}`;

/** The rows of all networks, collected by equation. */
class Sheet {
  private readonly rows = new Map<string, { row: Row; subject: string }[]>();
  private readonly needs = new Map<string, Map<string, number>>();

  enter({ name }: Subject, { rows, absent }: Comparison): void {
    for (const row of rows) listed(this.rows, titleOf(row.eq, row.quantity), () => []).push({ row, subject: name });
    for (const { eq, quantity, needs, layer } of absent) {
      const reasons = listed(this.needs, titleOf(eq, quantity), () => new Map<string, number>());
      const reason = layer === null ? needs : "fewer numbers at once, or bounded ones";
      reasons.set(reason, 1 + (reasons.get(reason) ?? 0));
    }
  }

  lines(): Line[] {
    return everyEquation.map((equation) => {
      const title = titleOf(equation.number, equation.quantity);
      const entered = this.rows.get(title) ?? [];
      const rows = entered.map(({ row }) => row);
      const largest = (of: (row: Row) => number): number => rows.reduce((best, row) => Math.max(best, of(row)), 0);
      const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
      return {
        equation,
        networks: new Set(entered.map(({ subject }) => subject)).size,
        entries: sum((row) => row.entries),
        proved: rows.length > 0 && rows.every(({ proof }) => proof?.verdict === "proved"),
        trials: sum(({ proof }) => proof?.trials ?? 0),
        degree: largest(({ proof }) => proof?.degree ?? 0),
        failure: sum(({ proof }) => proof?.failure ?? 1),
        maxDifference: largest((row) => row.maxDifference),
        maxUlps: largest((row) => row.maxUlps),
        boundUsed: largest((row) => row.boundUsed),
        nearer: {
          closedForm: sum(({ nearer }) => Number(nearer === "closed form")),
          autograd: sum(({ nearer }) => Number(nearer === "autograd")),
        },
        ok: rows.length > 0 && rows.every((row) => row.ok),
        needs: this.needs.get(title) ?? new Map(),
        broken: entered.find(({ row }) => !row.ok)?.subject ?? null,
      };
    });
  }
}

function listed<V>(map: Map<string, V>, key: string, empty: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = empty();
    map.set(key, value);
  }
  return value;
}

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

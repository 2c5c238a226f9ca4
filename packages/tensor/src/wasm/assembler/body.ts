/** @file What a function does: its locals, and its statements in order; blocks and loops as nested functions. */
import { type Code, counted, type Place, unsigned } from "./code.ts";
import {
  type Expression,
  expression,
  inOrder,
  type Operand,
  type Operands,
  type Type,
  type Variable,
} from "./expression.ts";

/** A function of the module: defined in it, or imported. */
export interface Func<P extends readonly Type[] = readonly Type[], R extends Type | "none" = Type | "none">
  extends Place {
  readonly params: P;
  readonly result: R;
}

/** Where a branch may go: out of a block, or back to the start of a loop; within its body only. */
export interface Label {
  readonly depth: number;
}

/** The limits of a counted loop; they are computed once, before it. */
export interface Count {
  readonly from?: Operand<"i32">;
  /** The count stays below it (without sign). */
  readonly to: Operand<"i32">;
  readonly step?: number;
}

export const typeCodes: { readonly [T in Type]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Calls a function of the module; as a statement, by `Body.do`, where it has no result. */
export const call = <P extends readonly Type[], R extends Type | "none">(
  called: Func<P, R>,
  ...operands: Operands<P>
): Expression<R> => ({ type: called.result, code: [inOrder(called.params, operands), 0x10, called] });

/** Sets a local, and is its new value. */
export const tee = <T extends Type>(local: Variable<T>, value: Operand<NoInfer<T>>): Expression<T> => ({
  type: local.type,
  code: [expression(local.type, value).code, local.write, local.code],
});

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const EMPTY = 0x40;

/** Collects the statements of one function, in the order of the calls. */
export class Body {
  readonly #locals: Type[] = [];
  readonly #params: number;
  #code: Code[] = [];
  #depth = 0;

  constructor(params: number) {
    this.#params = params;
  }

  /** A new local, 0 at first. */
  local<T extends Type>(type: T): Variable<T> {
    return localAt(type, this.#params + this.#locals.push(type) - 1);
  }

  /** A new local that has the value: what is used more than once is computed once. */
  let<T extends Type>(value: Expression<T>): Variable<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  set<T extends Type>(variable: Variable<T>, value: Operand<NoInfer<T>>): void {
    this.#code.push(expression(variable.type, value).code, variable.write);
  }

  /** Does what has an effect and no value: stores, calls, copies. */
  do(...effects: Expression<"none">[]): void {
    for (const { code } of effects) this.#code.push(code);
  }

  /** Computes a value for its effect alone. */
  drop(value: Expression<Type>): void {
    this.#code.push(value.code, [0x1a]);
  }

  /** What a branch to the label leaves. */
  block(body: (exit: Label) => void): void {
    this.#nested([BLOCK, EMPTY], body);
  }

  /** What a branch to the label does again; it is left at its end. */
  loop(body: (again: Label) => void): void {
    this.#nested([LOOP, EMPTY], body);
  }

  if(condition: Operand<"i32">, body: () => void, otherwise?: () => void): void {
    this.#code.push(expression("i32", condition).code);
    this.#nested([IF, EMPTY], () => {
      body();
      if (otherwise === undefined) return;
      this.#code.push([ELSE]);
      otherwise();
    });
  }

  br(label: Label): void {
    this.#code.push([0x0c, unsigned(this.#depth - label.depth)]);
  }

  brIf(label: Label, condition: Operand<"i32">): void {
    this.#code.push(expression("i32", condition).code, [0x0d, unsigned(this.#depth - label.depth)]);
  }

  while(condition: Operand<"i32">, body: () => void): void {
    this.loop((again) =>
      this.if(condition, () => {
        body();
        this.br(again);
      }),
    );
  }

  /** Does the body for every count from `from` (0) below `to`, by steps of `step` (1). */
  for({ from = 0, to, step = 1 }: Count, body: (count: Variable<"i32">) => void): void {
    const count = this.let(expression("i32", from));
    const end = typeof to === "number" ? to : this.let(to);
    const below: Code = [count.code, expression("i32", end).code, 0x49];
    this.if({ type: "i32", code: below }, () =>
      this.loop((again) => {
        body(count);
        this.set(count, { type: "i32", code: [count.code, expression("i32", step).code, 0x6a] });
        this.brIf(again, { type: "i32", code: below });
      }),
    );
  }

  /** Leaves the function, with its result if it has one. */
  return(value?: Expression<Type>): void {
    this.#code.push(value?.code ?? [], [0x0f]);
  }

  /** The function's code: its locals, then its statements. */
  code(): Code {
    const runs: [count: number, type: Type][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    return [counted(runs.map(([count, type]) => [unsigned(count), typeCodes[type]])), this.#code, END];
  }

  #nested(start: Code, body: (label: Label) => void): void {
    this.#code.push(start);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#code.push([END]);
  }
}

/** The local with this number; the parameters come first. */
export const localAt = <T extends Type>(type: T, index: number): Variable<T> => ({
  type,
  code: [0x20, unsigned(index)],
  write: [0x21, unsigned(index)],
});

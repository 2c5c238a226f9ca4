/** @file A module: what it imports, has and exports, and its bytes. */
import { Body, type Func, localAt, typeCodes } from "./body.ts";
import { type Code, counted, flatten, measured, named, type Place, unsigned } from "./code.ts";
import { type Expression, expression, type Operand, type Type, type Variable } from "./expression.ts";

/** The size of a memory in pages of 64 KiB; one that threads share must have a maximum. */
export interface Limits {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

type Variables<P extends readonly Type[]> = { readonly [I in keyof P]: Variable<P[I]> };

const FUNCTION = 0x00;
const MEMORY = 0x02;
const END = 0x0b;

/** Collects the parts of a module in any order. What is imported comes from the namespace `env`. */
export class Module {
  readonly #types: string[] = [];
  readonly #typeCodes: Code[] = [];
  readonly #imported: Func[] = [];
  readonly #imports: Code[] = [];
  readonly #functions: { readonly place: Func; readonly type: number; readonly body: Code }[] = [];
  readonly #globals: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #data: Code[] = [];

  /** A function of the host's. */
  importFunction<const P extends readonly Type[], R extends Type | "none">(
    name: string,
    params: P,
    result: R,
  ): Func<P, R> {
    const imported = { params, result, index: this.#imported.length };
    this.#imported.push(imported);
    this.#imports.push([named("env"), named(name), FUNCTION, unsigned(this.#type(params, result))]);
    return imported;
  }

  /** The memory that loads and stores act on. */
  importMemory(name: string, { initial, maximum, shared = false }: Limits): void {
    const flags = (maximum === undefined ? 0 : 1) + (shared ? 2 : 0);
    const end = maximum === undefined ? [] : unsigned(maximum);
    this.#imports.push([named("env"), named(name), MEMORY, flags, unsigned(initial), end]);
  }

  /** A variable of the module, which functions may read and set. */
  global<T extends Exclude<Type, "v128">>(type: T, initial: Operand<NoInfer<T>>): Variable<T> {
    const index = unsigned(this.#globals.length);
    this.#globals.push([typeCodes[type], 1, expression(type, initial).code, END]);
    return { type, code: [0x23, index], write: [0x24, index] };
  }

  /** A function: `define` gives its statements to the body, and returns the result, if there is one. */
  function<const P extends readonly Type[], R extends Type | "none" = "none">(
    params: P,
    result: R,
    define: (body: Body, ...variables: Variables<P>) => NoInfer<R extends Type ? Expression<R> : void>,
  ): Func<P, R> {
    const body = new Body(params.length);
    const variables = params.map((type, index) => localAt(type, index)) as unknown as Variables<P>;
    const value = define(body, ...variables) as Expression<Type> | undefined;
    if (value !== undefined) body.return(value);
    const place = { params, result, index: 0 };
    this.#functions.push({ place, type: this.#type(params, result), body: body.code() });
    return place;
  }

  export(name: string, exported: Place): void {
    this.#exports.push([named(name), FUNCTION, exported]);
  }

  /** Puts bytes into the memory when the module is instantiated. */
  data(offset: number, bytes: Uint8Array): void {
    this.#data.push([0, expression("i32", offset).code, END, unsigned(bytes.length), [...bytes]]);
  }

  /** The binary module. */
  bytes(): Uint8Array<ArrayBuffer> {
    for (const [i, { place }] of this.#functions.entries()) place.index = this.#imported.length + i;
    const sections: [id: number, items: readonly Code[]][] = [
      [1, this.#typeCodes],
      [2, this.#imports],
      [3, this.#functions.map(({ type }) => unsigned(type))],
      [6, this.#globals],
      [7, this.#exports],
      [10, this.#functions.map(({ body }) => measured(body))],
      [11, this.#data],
    ];
    const used = sections.filter(([, items]) => items.length > 0);
    const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    return new Uint8Array(flatten([header, used.map(([id, items]): Code => [id, measured(counted(items))])]));
  }

  /** The number of a function type, which functions of the same type share. */
  #type(params: readonly Type[], result: Type | "none"): number {
    const key = `${params} → ${result}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const results = result === "none" ? [] : [typeCodes[result]];
    this.#typeCodes.push([
      0x60,
      counted(params.map((type) => [typeCodes[type]])),
      counted([results].filter((r) => r.length > 0)),
    ]);
    return this.#types.push(key) - 1;
  }
}

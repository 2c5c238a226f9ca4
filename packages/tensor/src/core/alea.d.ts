/** @file The one file of seedrandom that we use: Baagøe's Alea, made of exact double arithmetic alone. */
declare module "seedrandom/lib/alea.js" {
  interface Words {
    readonly c: number;
    readonly s0: number;
    readonly s1: number;
    readonly s2: number;
  }
  interface Generator {
    /** A number in [0, 1) with 53 random bits. */
    double(): number;
    state(): Words;
  }
  /** With words it goes on from them, whatever the seed. */
  export default function alea(seed: string, options: { readonly state: Words | true }): Generator;
}

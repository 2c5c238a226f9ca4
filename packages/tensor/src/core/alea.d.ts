/** @file The one file of seedrandom that we use: Baagøe's Alea, made of exact double arithmetic alone. */
declare module "seedrandom/lib/alea.js" {
  interface Generator {
    /** A number in [0, 1) with 53 random bits. */
    double(): number;
  }
  export default function alea(seed: string): Generator;
}

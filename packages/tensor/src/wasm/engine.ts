/** @file What we use of the engine's WebAssembly, in types of our own: the sources know neither DOM nor Node. */

/** A memory of pages of 64 KiB; growing it detaches the buffer it had. */
export interface Memory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface Limits {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

interface Engine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: Limits) => Memory;
}

/** The engine's WebAssembly, where there is one. */
export const engine = (): Engine | undefined => (globalThis as { WebAssembly?: Engine }).WebAssembly;

/** @file What an optimizer is. */

/** Turns gradients into better parameters. Its state is an argument and a result; it holds none. */
export interface Optimizer<State> {
  init<Params>(params: Params): State;
  update<Params>(params: Params, grads: Params, state: State): [params: Params, state: State];
}

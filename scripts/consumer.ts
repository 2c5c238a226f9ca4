/** @file What a stranger's project does with the packages; check-packages.mjs runs it as an ES module and as CommonJS. */
import { xor } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { iris } from "@deltagrad/datasets/iris";
import { dense, stack } from "@deltagrad/nn";
import { compare } from "@deltagrad/nn/brawer";
import * as main from "@deltagrad/tensor";
import { grad, mul, sum, Tensor, tensor } from "@deltagrad/tensor";
import { roundingBound, ulps } from "@deltagrad/tensor/check";
import * as extend from "@deltagrad/tensor/extend";

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`the built packages are broken: ${what}`);
}

const x: Tensor<readonly [3]> = tensor([1, 2, 3]);
const free = grad((x: Tensor<readonly [3]>) => sum(mul(x, x)))(x);
const method = grad((x: Tensor<readonly [3]>) => x.mul(x).sum())(x);
expect("the gradient of a sum of squares", `${free.toArray()}` === "2,4,6");
expect("the gradient by methods", `${method.toArray()}` === "2,4,6");

expect("one Tensor class in all entries", extend.Tensor === main.Tensor && x instanceof extend.Tensor);
expect(
  "one Tensor class in all packages",
  Object.values(xor()).some((value) => value instanceof Tensor),
);

const functions = {
  apply: extend.apply,
  Trace: extend.Trace,
  ulps,
  roundingBound,
  stack,
  dense,
  compare,
  digits,
  iris,
};
for (const [name, value] of Object.entries(functions)) expect(`${name} is a function`, typeof value === "function");

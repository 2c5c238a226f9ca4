/** @file The functions that make first tensors: a program that has one of them has the methods, too. */
import * as create from "./core/create.ts";
import * as grids from "./core/grids.ts";
import * as json from "./core/json.ts";
import * as random from "./core/random.ts";
import { withMethods } from "./methods.ts";

export const tensor = /* @__PURE__ */ withMethods(create.tensor);
export const full = /* @__PURE__ */ withMethods(create.full);
export const zeros = /* @__PURE__ */ withMethods(create.zeros);
export const ones = /* @__PURE__ */ withMethods(create.ones);
export const arange = /* @__PURE__ */ withMethods(grids.arange);
export const linspace = /* @__PURE__ */ withMethods(grids.linspace);
export const logspace = /* @__PURE__ */ withMethods(grids.logspace);
export const eye = /* @__PURE__ */ withMethods(grids.eye);
export const tri = /* @__PURE__ */ withMethods(grids.tri);
export const fromFunction = /* @__PURE__ */ withMethods(grids.fromFunction);
export const fromJSON = /* @__PURE__ */ withMethods(json.fromJSON);
export const rng = /* @__PURE__ */ withMethods(random.rng);

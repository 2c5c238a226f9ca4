/** @file Entry "@deltagrad/tensor/check": instruments that judge a derivative, or any computation. */
export { roundingBound } from "./bound.ts";
export { ulps } from "./ulps.ts";

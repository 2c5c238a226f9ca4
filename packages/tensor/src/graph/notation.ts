/** @file How functions of numbers are written in LaTeX. */

const around = (left: string, right: string) => (x: string) => `\\left${left}${x}\\right${right}`;
const parentheses = around("(", ")");
const call = (name: string) => (x: string) => `${name}${parentheses(x)}`;
const relation = (sign: string) => (x: string, y: string) => `\\left[${x} ${sign} ${y}\\right]`;

/** By the name of the operation, or of the function of numbers that it is. */
export const calls: Readonly<Record<string, (...of: string[]) => string>> = {
  exp: (x) => `e^{${x}}`,
  expm1: (x) => `\\left(e^{${x}} - 1\\right)`,
  log: call("\\ln"),
  log1p: (x) => `\\ln\\left(1 + ${x}\\right)`,
  sqrt: (x) => `\\sqrt{${x}}`,
  pow: (x, p) => `${parentheses(x!)}^{${p}}`,
  abs: around("|", "|"),
  sin: call("\\sin"),
  cos: call("\\cos"),
  tanh: call("\\tanh"),
  sigmoid: call("\\sigma"),
  softplus: (x) => `\\ln\\left(1 + e^{${x}}\\right)`,
  relu: (x) => `\\max\\left(${x}, 0\\right)`,
  where: (condition, x, y) => `\\begin{cases} ${x} & ${condition} \\\\ ${y} & \\text{otherwise} \\end{cases}`,
  equal: relation("="),
  notEqual: relation("\\neq"),
  less: relation("<"),
  lessEqual: relation("\\leq"),
  greater: relation(">"),
  greaterEqual: relation("\\geq"),
};

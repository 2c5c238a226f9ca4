/** @file Prints the reports: `node --import tsx examples/derivations/main.ts`. */
import * as batchNorm from "./batchNorm.ts";
import * as gru from "./gru.ts";
import * as softmax from "./softmax.ts";
import * as tanh from "./tanh.ts";

for (const [name, { right, wrong }] of Object.entries({ softmax, tanh, batchNorm, gru })) {
  console.log(`\n# ${name}\n${right()}`);
  console.log(`\n# ${name}, with a mistake\n${wrong()}`);
}

/** @file Rows of tensors: the leading axis counts examples. */
import { type DType, Tensor, TensorError, tensor } from "@deltagrad/tensor";

/** The tensors among the fields of a record, which must have a leading axis of one extent: that extent and they. */
export function rowTensors(op: string, record: object): { count: number; tensors: [name: string, tensor: Tensor][] } {
  const tensors = Object.entries(record).filter((field): field is [string, Tensor] => field[1] instanceof Tensor);
  const [first] = tensors;
  if (first === undefined)
    throw new TensorError(op, "there is no tensor in the data", "give a record such as { x, y }");
  for (const [name, x] of tensors) {
    if (x.rank === 0) throw new TensorError(op, `${name} is a scalar`, "its leading axis must count the examples", [x]);
    if (x.shape[0] !== first[1].shape[0]) {
      const problem = `${first[0]} has ${first[1].shape[0]} rows and ${name} has ${x.shape[0]}`;
      throw new TensorError(op, problem, "all tensors must have one row for each example", [first[1], x]);
    }
  }
  return { count: first[1].shape[0]!, tensors };
}

/** A function that copies the rows of x with the given numbers, in that order. */
export function rowReader(x: Tensor): (rows: Int32Array) => Tensor {
  const values = x.toTypedArray();
  const width = x.shape.slice(1).reduce((size, extent) => size * extent, 1);
  const dtype: DType = x.dtype;
  return (rows) => {
    const out = new (values.constructor as new (length: number) => typeof values)(rows.length * width);
    rows.forEach((row, i) => {
      out.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return tensor(out, { shape: [rows.length, ...x.shape.slice(1)], dtype });
  };
}

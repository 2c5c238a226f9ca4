export const toOnnx = 1;

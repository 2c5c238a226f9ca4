/** @file The machine's OpenBLAS called directly through koffi, on as many threads as the argument says. */
import { checksum, floats, uniform } from "../../runners/inputs.mjs";
import { absent, serve } from "../../runners/serve.mjs";

const NAMES = [
  "libopenblas.so.0",
  "libopenblas.so",
  "libopenblas.dylib",
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
];
const [ROW_MAJOR, AS_IT_IS] = [101, 111];

/** The first library of those names that is there. */
function opened(koffi) {
  for (const name of NAMES)
    try {
      return koffi.load(name);
    } catch {}
}

const { default: koffi } = await import("koffi");
const library = opened(koffi);
if (library) {
  const product = (name, scalar) =>
    library.func(
      `void ${name}(int, int, int, int, int, int, ${scalar}, ${scalar} *, int, ${scalar} *, int, ${scalar}, ${scalar} *, int)`,
    );
  const products = { float32: product("cblas_sgemm", "float"), float64: product("cblas_dgemm", "double") };
  library.func("void openblas_set_num_threads(int)")(Number(process.argv[2]));
  const version = library.func("str openblas_get_config()")().split(" ")[1];

  await serve(
    { node: process.versions.node, OpenBLAS: version },
    {
      matmul({ m, k, n, dtype }) {
        const gemm = products[dtype];
        const [a, b, c] = [uniform(1, m * k, dtype), uniform(2, k * n, dtype), floats(dtype, m * n)];
        const run = (times) => {
          for (let t = 0; t < times; t++) gemm(ROW_MAJOR, AS_IT_IS, AS_IT_IS, m, n, k, 1, a, k, b, n, 0, c, n);
        };
        const check = () => {
          run(1);
          return checksum(c);
        };
        return { run, check };
      },
    },
  );
} else absent(`none of ${NAMES.join(", ")} is on this machine`);

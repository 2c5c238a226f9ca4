"""PyTorch in eager mode, on as many threads as the argument says."""
import json
import platform
import sys
import time

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"absent": str(error)}), flush=True)
    sys.exit()

THREADS = int(sys.argv[1])
torch.set_num_threads(THREADS)
torch.set_num_interop_threads(1)
RATE = 0.1
DTYPES = {"float32": np.float32, "float64": np.float64}


# The numbers of runners/inputs.mjs.
def uniform(seed, length, dtype, scale=1.0):
    with np.errstate(over="ignore"):
        h = np.uint32(seed * 0x9E3779B9 % 2**32) + np.arange(length, dtype=np.uint32)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B)
        h = h ^ (h >> np.uint32(16))
    return ((h >> np.uint32(8)).astype(np.float64) / 2**23 - 1) * scale


def numbers(seed, shape, dtype, scale=1.0):
    return torch.from_numpy(uniform(seed, int(np.prod(shape)), dtype, scale).astype(DTYPES[dtype])).reshape(shape)


def bits(seed, shape, dtype):
    return (numbers(seed, shape, dtype) > 0).to(getattr(torch, dtype))


def zeros(shape, dtype):
    return torch.zeros(shape, dtype=getattr(torch, dtype))


def checksum(values):
    flat = values.detach().numpy().astype(np.float64).reshape(-1)
    return float(flat @ uniform(99, flat.size, "float64"))


def repeatedly(f):
    def run(times):
        for _ in range(times):
            f()

    return run, lambda: checksum(f())


def descending(loss, params, steps):
    for p in params:
        p.requires_grad_(True)

    def run(times):
        for _ in range(times):
            cost = loss(*params)
            grads = torch.autograd.grad(cost, params)
            with torch.no_grad():
                torch._foreach_add_(params, grads, alpha=-RATE)
        return cost.item()

    return run, lambda: run(steps)


def cross_entropy(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="sum")


def matmul(spec):
    a = numbers(1, (spec["m"], spec["k"]), spec["dtype"])
    b = numbers(2, (spec["k"], spec["n"]), spec["dtype"])
    return repeatedly(lambda: a @ b)


def train(spec):
    sizes, batch, dtype = spec["sizes"], spec["batch"], spec["dtype"]
    x, y = numbers(1, (batch, sizes[0]), dtype), bits(2, (batch, sizes[-1]), dtype)
    params = []
    for i, (n, m) in enumerate(zip(sizes, sizes[1:])):
        params += [numbers(10 + i, (n, m), dtype, (6 / (n + m)) ** 0.5), zeros(m, dtype)]

    def loss(*params):
        h = x
        for i in range(0, len(params), 2):
            h = torch.addmm(params[i + 1], h if i == 0 else h.sigmoid(), params[i])
        return cross_entropy(h, y) / batch

    return descending(loss, params, spec["steps"])


def convolution(spec):
    batch, dtype = spec["batch"], spec["dtype"]
    x, y = numbers(1, (batch, 1, 28, 28), dtype), bits(2, (batch, 10), dtype)
    params = [
        numbers(20, (8, 1, 3, 3), dtype, (3 / 9) ** 0.5),
        zeros(8, dtype),
        numbers(21, (16, 8, 3, 3), dtype, (3 / 72) ** 0.5),
        zeros(16, dtype),
        numbers(30, (16 * 12 * 12, 10), dtype, (3 / 2304) ** 0.5),
        zeros(10, dtype),
    ]

    def loss(k0, b0, k1, b1, w, b):
        h = F.conv2d(F.conv2d(x, k0, b0).sigmoid(), k1, b1, stride=2).sigmoid()
        return cross_entropy(torch.addmm(b, h.flatten(1), w), y) / batch

    return descending(loss, params, spec["steps"])


def over(f):
    def work(spec):
        shape, dtype = (spec["length"] // 1000, 1000), spec["dtype"]
        a, b, y = numbers(1, shape, dtype, 8.0), numbers(2, shape, dtype), bits(3, shape, dtype)
        positive = (numbers(4, shape, dtype) + 1) / 2
        return repeatedly(lambda: f({"a": a, "b": b, "y": y, "positive": positive}))

    return work


WORKS = {
    "matmul": matmul,
    "train": train,
    "convolution": convolution,
    "add": over(lambda v: v["a"] + v["b"]),
    "copy": over(lambda v: v["a"].clone()),
    "sigmoid": over(lambda v: v["a"].sigmoid()),
    "chain": over(lambda v: (0.5 * v["a"] + 0.25).sigmoid() * v["b"]),
    "crossEntropy": over(lambda v: cross_entropy(v["a"], v["y"]) / len(v["a"])),
    "sum": over(lambda v: v["positive"].sum()),
    "softmax": over(lambda v: v["a"].softmax(-1)),
}


def peak_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


# The life of runners/serve.mjs.
def main():
    def say(answer):
        print(json.dumps(answer), flush=True)

    run, seconds = None, 0.0
    say({"ready": {"python": platform.python_version(), "PyTorch": torch.__version__}})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["ask"] == "prepare":
                spec = request["spec"]
                if spec["kind"] not in WORKS:
                    say({"cannot": True})
                    continue
                run, check = WORKS[spec["kind"]](spec)
                begin = time.perf_counter()
                value = check()
                seconds = (time.perf_counter() - begin) / spec.get("steps", 1)
                say({"check": value, "seconds": seconds})
            elif request["ask"] == "measure":
                budget, total, runs, mean = request["ms"] / 1000, 0.0, 0, seconds
                while runs == 0 or total < budget:
                    times = max(1, min(round(budget / 4 / mean), int((budget - total) / mean) + 1))
                    begin = time.perf_counter()
                    run(times)
                    total += time.perf_counter() - begin
                    runs += times
                    mean = max(total / runs, 1e-9)
                seconds = total / runs
                say({"seconds": seconds})
            elif request["ask"] == "steps":
                begin, runs = time.perf_counter(), 0
                while runs < request["steps"] and time.perf_counter() - begin < request["budget"]:
                    run(1)
                    runs += 1
                say({"bytes": peak_memory(), "runs": runs})
        except Exception as error:
            say({"error": str(error)})


main()

/** @file The machine a run was made on. */
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";

const FLAGS = ["avx", "avx2", "fma", "avx512f", "neon", "asimd"];

/** The vector instructions Linux lists, which say what native peers may use. */
function vectors(): string {
  try {
    const [, flags = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ?? [];
    const all = flags.split(" ");
    return FLAGS.filter((flag) => all.includes(flag)).join(" ");
  } catch {
    return "";
  }
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  /** Processes that wanted a core, on average over the last minute. */
  readonly load: number;
}

export function machine(): Machine {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const flags = vectors();
  return {
    cpu: flags === "" ? model : `${model} (${flags})`,
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${arch()}`,
    load: loadavg()[0] ?? 0,
  };
}

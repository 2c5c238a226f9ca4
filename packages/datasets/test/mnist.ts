/** @file MNIST's test part as it was published, where the machine has it. */
import { readFileSync } from "node:fs";

export const IMAGES = "t10k-images-idx3-ubyte.gz";
export const LABELS = "t10k-labels-idx1-ubyte.gz";
export const folder = new URL("../../../../shared/data/mnist/", import.meta.url);

/**
 * The file as it was published. The copy that we have was packed again, with the same compressed data: only the time
 * and a character of the name differ, and so its SHA-256.
 */
function published(name: string, seconds: number): Buffer {
  const file = readFileSync(new URL(name, folder));
  file.writeUInt32LE(Date.UTC(1998, 0, 26, 15, 7, seconds) / 1000, 4);
  file.write(name.replace("-idx", ".idx").replace(".gz", ""), 10, "latin1");
  return file;
}

/** The files by name, or null where they are not. */
export function publishedMnist(): Record<string, Buffer> | null {
  try {
    return { [IMAGES]: published(IMAGES, 25), [LABELS]: published(LABELS, 48) };
  } catch {
    console.warn(`no MNIST in ${folder.pathname}: it is not tested`);
    return null;
  }
}

/** How many images of each class there are, as the database's page has them. */
export const COUNTS: readonly number[] = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
